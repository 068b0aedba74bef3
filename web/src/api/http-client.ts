import { readApiError, unreachable } from './api-error.ts';

/** What a request carries. */
export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE' | undefined;
  readonly query?: Readonly<Record<string, string | number | boolean | null | undefined>> | undefined;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** A picture, sent as it is. */
  readonly picture?: Blob | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The request outlives the page. */
  readonly keepalive?: boolean | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Asks the server, with a key where there is one. */
export interface HttpClient {
  /** @throws ApiError, or the signal's reason */
  fetch(path: string, options?: RequestOptions): Promise<Response>;
  json<Answer>(path: string, options?: RequestOptions): Promise<Answer>;
}

/**
 * Makes a client.
 *
 * @param whose.key - sent with every request; `null`: none is sent
 * @param whose.gallery - which of several every request is for; `null`: that of the key, or the server's first
 * @param onUnauthenticated - called when the server wants another key
 */
export function createHttpClient(
  { key, gallery }: { readonly key: string | null; readonly gallery: string | null },
  onUnauthenticated: () => void,
): HttpClient {
  const send = async (path: string, options: RequestOptions = {}): Promise<Response> => {
    const { method = 'GET', query = {}, json, picture, signal, keepalive, headers } = options;
    const url = new URL(`api/v1${path}`, document.baseURI);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== null && value !== '') url.searchParams.set(name, String(value));
    }
    const body = json === undefined ? picture : JSON.stringify(json);
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        headers: {
          ...(key !== null && { 'x-api-key': key }),
          ...(gallery !== null && { 'x-gallery': gallery }),
          ...(json !== undefined && { 'content-type': 'application/json' }),
          ...(picture && { 'content-type': picture.type || 'application/octet-stream' }),
          ...headers,
        },
        ...(body !== undefined && { body }),
        ...(signal && { signal }),
        ...(keepalive && { keepalive }),
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw unreachable();
    }
    if (response.ok) return response;
    if (response.status === 401) onUnauthenticated();
    throw await readApiError(response);
  };
  return {
    fetch: send,
    json: async <Answer>(path: string, options?: RequestOptions) =>
      (await (await send(path, options)).json()) as Answer,
  };
}
