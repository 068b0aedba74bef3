import { createHmac } from 'node:crypto';
import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Duplex } from 'node:stream';
import type { AllowInternal } from '../../node/network/allow-internal.ts';
import { checkedLookup, INTERNAL_ADDRESS, refusedHost } from '../../node/network/checked-lookup.ts';
import { type WebhookForm, webhookContent } from './webhook-content.ts';

/** Header that proves who sent a webhook: `t=<seconds since 1970>,v1=<hex>`. */
export const SIGNATURE_HEADER = 'x-face-trigger-signature';

/** Where a webhook goes. */
export interface WebhookTarget extends WebhookForm {
  readonly url: string;
  /** Key of the signature; absent: not signed. */
  readonly secret?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Which addresses of this machine and of private networks may be called. */
  readonly allowInternal: AllowInternal;
  readonly timeoutMs: number;
  /** An event that could not be delivered for so long is given up. @defaultValue 24 */
  readonly giveUpHours?: number | undefined;
}

/** How a delivery went. */
export type WebhookResult =
  | { readonly ok: true }
  /** `retry`: it may go better later; `status`: what the receiver answered, if it did. */
  | {
      readonly ok: false;
      readonly retry: boolean;
      readonly reason: string;
      readonly status?: number | undefined;
    };

/** One event on its way. */
export interface WebhookMessage {
  /** The event's id, sent as `x-face-trigger-id`: a receiver that saw it already can ignore a repeat. */
  readonly id: string;
  /** The event's JSON, or what `packDelivery` made of it and its picture. */
  readonly body: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends one event.
 *
 * @returns how it went; never rejects
 * @remarks The name is resolved once, the address is checked, and the connection goes to that very address: a name
 * that changes its address between check and use gains nothing. Redirects are not followed.
 */
export async function sendWebhook(target: WebhookTarget, message: WebhookMessage): Promise<WebhookResult> {
  let content: WebhookContent;
  try {
    content = await webhookContent(message.body, target);
  } catch (error) {
    return { ok: false, retry: false, reason: (error as Error).message };
  }
  return sendContent(target, { ...message, content });
}

function sendContent(target: WebhookTarget, message: ContentMessage): Promise<WebhookResult> {
  return new Promise((resolve) => {
    let request: ClientRequest;
    try {
      const refused = refusedHost(new URL(target.url), target.allowInternal);
      if (refused !== null) {
        resolve({ ok: false, retry: false, reason: refused });
        return;
      }
      // A connection of its own: a shared one could have been made to an address that was not checked here.
      request = openRequest(target, message, { agent: false });
    } catch (error) {
      // What cannot even be written down will not go better later.
      resolve({ ok: false, retry: false, reason: (error as Error).message });
      return;
    }
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
      resolve({ ok: false, retry: error.code !== INTERNAL_ADDRESS, reason: error.message });
    });
    request.once('close', () => {
      clearTimeout(timer);
      // After an answer or an error this changes nothing.
      resolve({ ok: false, retry: true, reason: 'the connection ended without an answer' });
    });
    // As bytes: with a text, Node would send the headers in the text's encoding, UTF-8 in place of Latin-1.
    request.end(message.content.bytes);
  });
}

/**
 * Why no event could ever be sent to a target; null where nothing speaks against it.
 *
 * @remarks Makes the very request of {@link sendWebhook}, on a line that leads nowhere.
 */
export function webhookMistake(target: WebhookTarget): string | null {
  try {
    const refused = refusedHost(new URL(target.url), target.allowInternal);
    if (refused !== null) return refused;
    const nowhere = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
    const request = openRequest(target, EMPTY, { createConnection: () => nowhere });
    request.once('error', () => undefined);
    request.destroy();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

type WebhookContent = Awaited<ReturnType<typeof webhookContent>>;
type ContentMessage = Pick<WebhookMessage, 'id' | 'signal'> & { readonly content: WebhookContent };

const EMPTY: ContentMessage = {
  id: 'check',
  content: { type: 'application/json', bytes: Buffer.from('{}'), isForm: false },
};

function openRequest(target: WebhookTarget, message: ContentMessage, options: RequestOptions): ClientRequest {
  const url = new URL(target.url);
  const { type, bytes, isForm } = message.content;
  const headers: Record<string, string | number> = {
    'content-type': type,
    'user-agent': 'face-trigger',
    ...target.headers,
    'content-length': bytes.length,
    'x-face-trigger-id': message.id,
  };
  if (isForm) {
    // Nobody else knows what parts the form from each other.
    for (const name of Object.keys(headers)) if (name.toLowerCase() === 'content-type') delete headers[name];
    headers['content-type'] = type;
  }
  if (target.secret) headers[SIGNATURE_HEADER] = signWebhook(bytes, { secret: target.secret });
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return open(url, {
    ...options,
    method: 'POST',
    headers,
    lookup: checkedLookup(target.allowInternal),
    signal: message.signal,
  });
}

/**
 * The signature header's value: HMAC-SHA256 over `<seconds>.<body>`.
 *
 * @param body - the bytes as they are sent, or their text
 * @param options.seconds - time since 1970. @defaultValue now
 */
export function signWebhook(
  body: string | Buffer,
  options: { readonly secret: string; readonly seconds?: number | undefined },
): string {
  const seconds = options.seconds ?? Math.floor(Date.now() / 1000);
  const digest = createHmac('sha256', options.secret).update(`${seconds}.`).update(body).digest('hex');
  return `t=${seconds},v1=${digest}`;
}

function judge(response: IncomingMessage): WebhookResult {
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return { ok: true };
  if (status >= 300 && status < 400)
    return { ok: false, status, retry: false, reason: `a redirect (${status}) is not followed` };
  // Too early, too many and timeouts may pass; other 4xx will be the same tomorrow.
  const retry = status >= 500 || status === 408 || status === 425 || status === 429;
  return { ok: false, status, retry, reason: `the receiver answered ${status}` };
}
