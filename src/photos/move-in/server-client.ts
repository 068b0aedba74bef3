import type { z } from 'zod';
import { FaceTriggerError } from '../../core/errors.ts';
import { isError } from '../../core/is-kind.ts';

/** Options of {@link ServerClient}. */
export interface ServerClientOptions {
  /** Address of the server, as somebody typed it; it may be in a private network. */
  readonly url: string;
  /** What the server calls itself in messages. */
  readonly server: string;
  /** Sent in the header `x-api-key`. */
  readonly key: string;
  /** For each request. @defaultValue 60000 */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A page of a list has some 100 kB. */
const MAX_JSON_BYTES = 20_000_000;

/**
 * Asks another program's server, at the address that was named and nowhere else: redirects are not followed, so that the key
 * goes to nobody else.
 *
 * @remarks Throws `ERR_UNAVAILABLE` where it does not answer, `ERR_FORBIDDEN` where it refuses the key, `ERR_NOT_FOUND`,
 * `ERR_FILE_FORMAT` for answers that are not of the documented form or too large, `ERR_INVALID_ARGUMENT` for an address that is none.
 */
export class ServerClient {
  readonly #base: string;
  readonly #options: ServerClientOptions;

  constructor(options: ServerClientOptions) {
    const url = URL.canParse(options.url) ? new URL(options.url) : null;
    if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
      throw new FaceTriggerError(
        'ERR_INVALID_ARGUMENT',
        `Expected the address of ${options.server}, such as http://192.168.1.5:8000, but received ${options.url}`,
      );
    }
    this.#base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
    this.#options = options;
  }

  /** Asks for JSON of a form. @param body - is posted, as JSON */
  async json<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    body?: unknown,
  ): Promise<z.output<Schema>> {
    const bytes = await this.bytes(path, { maxBytes: MAX_JSON_BYTES, body });
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder().decode(bytes));
    } catch (cause) {
      throw this.#wrong(path, 'no JSON', cause);
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw this.#wrong(path, `${issue!.path.join('.')}: ${issue!.message}`, parsed.error);
  }

  /** Asks for bytes. */
  async bytes(
    path: string,
    { maxBytes, body }: { readonly maxBytes: number; readonly body?: unknown },
  ): Promise<Uint8Array> {
    const response = await this.#send(path, body);
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of response.body ?? []) {
        size += (chunk as Uint8Array).length;
        if (size > maxBytes) throw this.#wrong(path, `more than ${maxBytes / 1e6} MB`);
        chunks.push(chunk as Uint8Array);
      }
    } catch (cause) {
      throw this.#failed(cause);
    }
    return Buffer.concat(chunks);
  }

  async #send(path: string, body: unknown): Promise<Response> {
    const { key, server, timeoutMs = 60_000, signal } = this.#options;
    const time = AbortSignal.timeout(timeoutMs);
    let response: Response;
    try {
      response = await fetch(`${this.#base}${path}`, {
        headers: { 'x-api-key': key, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
        redirect: 'manual',
        signal: signal ? AbortSignal.any([time, signal]) : time,
      });
    } catch (cause) {
      throw this.#failed(cause);
    }
    if (response.ok) return response;
    await response.body?.cancel();
    const { status } = response;
    if (status === 401 || status === 403)
      throw new FaceTriggerError('ERR_FORBIDDEN', `${server} refuses the key (${status})`);
    if (status === 404) throw new FaceTriggerError('ERR_NOT_FOUND', `${server} has no ${path} (404)`);
    const why = status >= 300 && status < 400 ? `a redirect (${status}), which is not followed` : `${status}`;
    throw new FaceTriggerError('ERR_UNAVAILABLE', `${server} answered ${path} with ${why}`);
  }

  #failed(cause: unknown): FaceTriggerError {
    if (cause instanceof FaceTriggerError) return cause;
    const { server, signal } = this.#options;
    if (signal?.aborted) return new FaceTriggerError('ERR_ABORTED', 'The import was canceled', { cause });
    const inner = (cause as Error).cause;
    const message = isError(inner) ? inner.message : (cause as Error).message;
    return new FaceTriggerError('ERR_UNAVAILABLE', `${server} does not answer: ${message}`, { cause });
  }

  #wrong(path: string, what: string, cause?: unknown): FaceTriggerError {
    const message = `${this.#options.server} answered ${path} in another form than is documented: ${what}`;
    return new FaceTriggerError('ERR_FILE_FORMAT', message, { cause });
  }
}
