import { FaceTriggerError } from '../../core/errors.ts';
import { isError } from '../../core/is-kind.ts';
import { detectImageFormat } from '../../node/image/image-format.ts';
import { DEFAULT_MAX_IMAGE_BYTES } from '../../node/image/read-image.ts';
import { authorize, type Credentials } from './http-authorization.ts';
import { decoded } from './redact-address.ts';

/** What an address gave. */
export type PictureAnswer =
  | { readonly kind: 'picture'; readonly bytes: Uint8Array }
  /** The same picture as before. */
  | { readonly kind: 'unchanged' }
  /** Something else, such as a stream. */
  | { readonly kind: 'other'; readonly type: string };

const MAX_REDIRECTS = 5;

/**
 * Fetches single pictures from one HTTP address.
 *
 * @remarks Signs in with Basic or Digest, whichever the camera asks for. Asks only for what changed. Follows redirects
 * on the same host alone: a camera cannot send the program elsewhere, into the house's network or to this machine.
 */
export class PictureClient {
  readonly #url: URL;
  readonly #credentials: Credentials | null;
  #etag: string | null = null;
  #modified: string | null = null;
  #before: Uint8Array | null = null;
  #challenge: string | null = null;
  #count = 0;

  /** @param address - http or https, with user and password where the camera wants them */
  constructor(address: string) {
    this.#url = new URL(address);
    const { username, password } = this.#url;
    this.#credentials =
      username === '' && password === '' ? null : { user: decoded(username), password: decoded(password) };
    this.#url.username = '';
    this.#url.password = '';
    this.#url.hash = '';
  }

  /**
   * Asks for the picture once.
   *
   * @param options.timeoutMs - until the whole picture is there
   * @throws FaceTriggerError `ERR_VIDEO_SOURCE` with the reason; the address is not in it
   */
  async get(options: { readonly signal: AbortSignal; readonly timeoutMs: number }): Promise<PictureAnswer> {
    // Not AbortSignal.any: the source's signal lives for weeks, and holds on to what depends on it.
    const stop = new AbortController();
    const onAbort = () => stop.abort(options.signal.reason);
    const timer = setTimeout(
      () => stop.abort(failed(`no picture came in ${options.timeoutMs} ms`)),
      options.timeoutMs,
    );
    options.signal.addEventListener('abort', onAbort, { once: true });
    if (options.signal.aborted) onAbort();
    try {
      return await this.#get(stop.signal);
    } catch (error) {
      throw stop.signal.aborted ? stop.signal.reason : error;
    } finally {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', onAbort);
    }
  }

  /** The last picture was of no use: the next answer is not compared with it. */
  forget(): void {
    this.#etag = null;
    this.#modified = null;
    this.#before = null;
  }

  async #get(signal: AbortSignal): Promise<PictureAnswer> {
    const response = await this.#request(signal);
    if (response.status === 304) return { kind: 'unchanged' };
    const type = (response.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
    const bytes = isStream(type) ? null : await readPicture(response, type);
    if (bytes === null) {
      await response.body?.cancel().catch(() => undefined);
      return { kind: 'other', type };
    }
    this.#etag = response.headers.get('etag');
    this.#modified = response.headers.get('last-modified');
    if (this.#before !== null && Buffer.compare(this.#before, bytes) === 0) return { kind: 'unchanged' };
    this.#before = bytes;
    return { kind: 'picture', bytes };
  }

  async #request(signal: AbortSignal): Promise<Response> {
    let url = this.#url;
    let signedIn = false;
    for (let hops = 0; hops <= MAX_REDIRECTS; ) {
      const response = await this.#send(url, signal);
      if (response.ok || response.status === 304) return response;
      await response.body?.cancel().catch(() => undefined);
      const challenge = response.headers.get('www-authenticate');
      const location = response.headers.get('location');
      if (response.status === 401 && challenge !== null && this.#credentials !== null && !signedIn) {
        // Once a request: a camera that refuses the answer too does not know the password.
        signedIn = true;
        this.#challenge = challenge;
        this.#count = 0;
      } else if (response.status >= 300 && response.status < 400 && location !== null) {
        hops++;
        url = this.#redirected(url, location);
      } else {
        throw failed(`the camera answered ${response.status} ${response.statusText.slice(0, 60)}`.trim());
      }
    }
    throw failed(`the camera redirected more than ${MAX_REDIRECTS} times`);
  }

  async #send(url: URL, signal: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = {
      accept: 'image/*, */*;q=0.8',
      'cache-control': 'no-cache',
      'user-agent': 'face-trigger',
    };
    if (this.#etag !== null) headers['if-none-match'] = this.#etag;
    if (this.#modified !== null) headers['if-modified-since'] = this.#modified;
    if (this.#challenge !== null && this.#credentials !== null) {
      const request = { path: url.pathname + url.search, count: ++this.#count };
      const authorization = authorize(this.#challenge, this.#credentials, request);
      if (authorization !== null) headers['authorization'] = authorization;
    }
    try {
      return await fetch(url, { headers, redirect: 'manual', signal });
    } catch (error) {
      // fetch says "fetch failed"; why is in the cause.
      const { cause, message } = error as Error;
      throw failed(isError(cause) ? cause.message : message, error);
    }
  }

  #redirected(from: URL, location: string): URL {
    const to = URL.canParse(location, from.href) ? new URL(location, from) : null;
    const known = to?.protocol === 'http:' || to?.protocol === 'https:';
    if (to === null || !known || to.hostname !== from.hostname) {
      const where = to === null ? 'nowhere' : to.host === '' ? `a ${to.protocol} address` : to.host;
      throw failed(`the camera redirects to ${where}, which is not followed; watch that address instead`);
    }
    if (from.protocol === 'https:' && to.protocol === 'http:' && this.#credentials !== null) {
      throw failed('the camera redirects to an address without encryption, where the password would be read');
    }
    return to;
  }
}

function isStream(type: string): boolean {
  return /^(multipart|video|audio)\/|mpegurl|dash\+xml/.test(type);
}

// Some cameras name no type, or a wrong one: then the first bytes tell.
async function readPicture(response: Response, type: string): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let sure = type.startsWith('image/');
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk as Uint8Array);
      length += (chunk as Uint8Array).length;
      if (length > DEFAULT_MAX_IMAGE_BYTES) {
        throw failed(`the picture has more than ${DEFAULT_MAX_IMAGE_BYTES / 1e6} MB`);
      }
      if (sure || length < 32) continue;
      if (detectImageFormat(Buffer.concat(chunks)) === null) return null;
      sure = true;
    }
  } catch (error) {
    if (error instanceof FaceTriggerError) throw error;
    throw failed(`the picture broke off after ${length} bytes`, error);
  }
  return sure ? Buffer.concat(chunks) : null;
}

function failed(reason: string, cause?: unknown): FaceTriggerError {
  return new FaceTriggerError('ERR_VIDEO_SOURCE', reason, { cause });
}
