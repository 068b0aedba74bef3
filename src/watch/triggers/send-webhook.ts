import { createHmac } from 'node:crypto';
import { lookup } from 'node:dns';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isInternalAddress } from './internal-address.ts';

/** Header that proves who sent a webhook: `t=<seconds since 1970>,v1=<hex>`. */
export const SIGNATURE_HEADER = 'x-face-trigger-signature';

/** Where a webhook goes. */
export interface WebhookTarget {
  readonly url: string;
  /** Key of the signature; absent: not signed. */
  readonly secret?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether addresses of this machine and of private networks may be called. */
  readonly allowInternal: boolean;
  readonly timeoutMs: number;
}

/** How a delivery went. */
export type WebhookResult =
  | { readonly ok: true }
  /** `retry`: it may go better later. */
  | { readonly ok: false; readonly retry: boolean; readonly reason: string };

/**
 * Sends one event.
 *
 * @param target - where to
 * @param message.id - the event's id, sent as `x-face-trigger-id`: a receiver that saw it already can ignore a repeat
 * @param message.body - JSON
 * @remarks The name is resolved once, the address is checked, and the connection goes to that very address: a name
 * that changes its address between check and use gains nothing. Redirects are not followed.
 */
export function sendWebhook(
  target: WebhookTarget,
  message: { readonly id: string; readonly body: string; readonly signal?: AbortSignal | undefined },
): Promise<WebhookResult> {
  const url = new URL(target.url);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!target.allowInternal && isIP(host) !== 0 && isInternalAddress(host)) {
    return Promise.resolve({ ok: false, retry: false, reason: refusal(host) });
  }
  const body = Buffer.from(message.body);
  const headers: Record<string, string | number> = {
    ...target.headers,
    'content-type': 'application/json',
    'content-length': body.length,
    'user-agent': 'face-trigger',
    'x-face-trigger-id': message.id,
  };
  if (target.secret) headers[SIGNATURE_HEADER] = signWebhook(message.body, { secret: target.secret });
  return new Promise((resolve) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(url, {
      method: 'POST',
      headers,
      // A connection of its own: a shared one could have been made to an address that was not checked here.
      agent: false,
      lookup: target.allowInternal ? undefined : checkedLookup,
      signal: message.signal,
    });
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer in ${target.timeoutMs} ms`)),
      target.timeoutMs,
    );
    request.once('response', (response) => {
      resolve(judge(response));
      // What the receiver answers is of no interest, and could be endless.
      response.destroy();
    });
    request.once('error', (error: NodeJS.ErrnoException) => {
      resolve({ ok: false, retry: error.code !== INTERNAL, reason: error.message });
    });
    request.once('close', () => clearTimeout(timer));
    request.end(body);
  });
}

/**
 * The signature header's value: HMAC-SHA256 over `<seconds>.<body>`.
 *
 * @param options.seconds - time since 1970. @defaultValue now
 */
export function signWebhook(
  body: string,
  options: { readonly secret: string; readonly seconds?: number },
): string {
  const seconds = options.seconds ?? Math.floor(Date.now() / 1000);
  const digest = createHmac('sha256', options.secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${digest}`;
}

const INTERNAL = 'ERR_INTERNAL_ADDRESS';

function refusal(address: string): string {
  return `${address} is an internal address; set allowInternal to call it`;
}

// Gives the connection only an address that was checked here.
const checkedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const internal = addresses?.find(({ address }) => isInternalAddress(address));
    if (!error && internal) {
      error = Object.assign(new Error(refusal(`${hostname} (${internal.address})`)), { code: INTERNAL });
    }
    const [first] = addresses ?? [];
    if (error || !first) callback(error ?? new Error(`${hostname} has no address`), options.all ? [] : '', 0);
    else if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

function judge(response: IncomingMessage): WebhookResult {
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return { ok: true };
  if (status >= 300 && status < 400)
    return { ok: false, retry: false, reason: `a redirect (${status}) is not followed` };
  // Too early, too many and timeouts may pass; other 4xx will be the same tomorrow.
  const retry = status >= 500 || status === 408 || status === 425 || status === 429;
  return { ok: false, retry, reason: `the receiver answered ${status}` };
}
