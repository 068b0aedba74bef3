import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { FaceTriggerError, type FaceTriggerErrorCode } from '../../core/errors.ts';
import type { AllowInternal } from '../../node/network/allow-internal.ts';
import { checkedLookup, INTERNAL_ADDRESS, refusedHost } from '../../node/network/checked-lookup.ts';
import { shownUrl, webUrl } from './shown-url.ts';

/** How a photo is fetched. */
export interface FetchPhotoOptions {
  readonly maxBytes: number;
  /** Internal addresses that may be asked. */
  readonly allowInternal: AllowInternal;
  readonly signal?: AbortSignal | undefined;
}

const MOST_REDIRECTS = 5;
/** For the whole answer, and without a word. */
const TIMES = { whole: 60_000, silence: 20_000 } as const;

/**
 * Fetches a photo from an HTTP address, such as one of object storage.
 *
 * @throws FaceTriggerError `ERR_FORBIDDEN` for an internal address, `ERR_NOT_FOUND`, `ERR_IMAGE_TOO_LARGE`,
 * `ERR_UNAVAILABLE`, `ERR_TIMEOUT`, `ERR_ABORTED`; messages show no query and no password of the address
 * @remarks Each address, redirects too, is resolved once and checked, and the connection goes to that very address.
 */
export async function fetchPhoto(address: string, options: FetchPhotoOptions): Promise<Uint8Array> {
  const timeout = AbortSignal.timeout(TIMES.whole);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  let url = parse(address, undefined);
  for (let redirects = 0; ; redirects++) {
    let response: IncomingMessage;
    try {
      response = await open(url, { ...options, signal });
      const { statusCode = 0, headers } = response;
      const { location } = headers;
      if (statusCode >= 300 && statusCode < 400 && location !== undefined) {
        response.destroy();
        if (redirects === MOST_REDIRECTS) throw failed('ERR_UNAVAILABLE', url, 'too many redirects');
        url = parse(location, url);
        continue;
      }
      if (statusCode !== 200) {
        response.destroy();
        throw refused(url, statusCode);
      }
      return await readBody(response, url, options.maxBytes);
    } catch (error) {
      if (error instanceof FaceTriggerError) throw error;
      if (options.signal?.aborted)
        throw new FaceTriggerError('ERR_ABORTED', 'Fetching the photo was canceled', { cause: error });
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === INTERNAL_ADDRESS) throw failed('ERR_FORBIDDEN', url, internal(message));
      if (timeout.aborted) throw failed('ERR_TIMEOUT', url, `no whole answer in ${TIMES.whole / 1000} s`);
      throw failed('ERR_UNAVAILABLE', url, message === '' ? String(code) : message);
    }
  }
}

function open(
  url: URL,
  { allowInternal, signal }: FetchPhotoOptions & { readonly signal: AbortSignal },
): Promise<IncomingMessage> {
  const why = refusedHost(url, allowInternal);
  if (why !== null) throw failed('ERR_FORBIDDEN', url, internal(why));
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    // A connection of its own: a shared one could have been made to an address that was not checked here.
    const request = send(url, {
      ...{ agent: false, lookup: checkedLookup(allowInternal), signal, timeout: TIMES.silence },
      headers: { 'user-agent': 'face-trigger', accept: 'image/*' },
    });
    request.once('timeout', () => request.destroy(new Error(`no word in ${TIMES.silence / 1000} s`)));
    request.once('response', resolve);
    request.once('error', reject);
    request.end();
  });
}

async function readBody(response: IncomingMessage, url: URL, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = (): FaceTriggerError =>
    new FaceTriggerError('ERR_IMAGE_TOO_LARGE', `${shownUrl(url)} has more than ${maxBytes} bytes`);
  try {
    if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    response.destroy();
  }
}

function parse(text: string, base: URL | undefined): URL {
  const url = webUrl(text, base);
  if (url !== null) return url;
  const from = base ? `${shownUrl(base)} redirects to what is no` : 'Expected an';
  throw new FaceTriggerError('ERR_INVALID_ARGUMENT', `${from} address that begins with https:// or http://`);
}

function refused(url: URL, status: number): FaceTriggerError {
  const isGone = status === 404 || status === 410;
  const isForbidden = status === 401 || status === 403;
  const code = isGone ? 'ERR_NOT_FOUND' : isForbidden ? 'ERR_FORBIDDEN' : 'ERR_UNAVAILABLE';
  return failed(code, url, `the server answered ${status}`);
}

function failed(code: FaceTriggerErrorCode, url: URL, why: string): FaceTriggerError {
  return new FaceTriggerError(code, `Could not fetch ${shownUrl(url)}: ${why}`);
}

/** The words of a trigger file, in those of a worker. */
function internal(why: string): string {
  return why.replace('allowInternal must name it', 'a worker fetches from it only with --allow-internal');
}
