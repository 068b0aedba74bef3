/** Options of {@link FrigateApi}. */
export interface FrigateApiOptions {
  /** Address of Frigate, such as `http://frigate.lan:5000`; it may be in a private network, as it is configured. */
  readonly url: string;
  /** @defaultValue 10000 */
  readonly timeoutMs?: number | undefined;
}

// A snapshot of a 4K camera has some 2 MB.
const MAX_BYTES = 20_000_000;
// What Frigate takes: docs.frigate.video/integrations/api/schemas/eventssublabelbody.
const MAX_LABEL = 100;

/**
 * The routes of Frigate that are needed.
 *
 * @remarks Redirects are not followed: only the address that was configured is called. Source:
 * docs.frigate.video/integrations/api.
 */
export class FrigateApi {
  readonly #base: string;
  readonly #timeoutMs: number;

  constructor({ url, timeoutMs = 10_000 }: FrigateApiOptions) {
    this.#base = url.replace(/\/+$/, '');
    this.#timeoutMs = timeoutMs;
  }

  /**
   * The picture of an event, cut out around what is followed.
   *
   * @returns JPEG; null where there is none yet
   * @throws Error that says what went wrong
   */
  async snapshot(id: string): Promise<Uint8Array | null> {
    const options = 'crop=1&quality=95&bbox=0&timestamp=0';
    const response = await this.#call(`${this.#event(id)}/snapshot.jpg?${options}`);
    if (response.status === 404) return null;
    await refuse(response);
    return readLimited(response);
  }

  /**
   * Writes who somebody is to an event.
   *
   * @param options.score - 0 .. 1; left out where it is not known
   * @throws Error that says what went wrong
   */
  async setSubLabel(id: string, label: string, options: { readonly score: number | null }): Promise<void> {
    const { score } = options;
    const body = {
      subLabel: [...label].slice(0, MAX_LABEL).join(''),
      ...(score !== null && score > 0 && { subLabelScore: Math.min(1, score) }),
    };
    const response = await this.#call(`${this.#event(id)}/sub_label`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await refuse(response);
    await response.body?.cancel();
  }

  #event(id: string): string {
    return `${this.#base}/api/events/${encodeURIComponent(id)}`;
  }

  #call(url: string, init: RequestInit = {}): Promise<Response> {
    return fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(this.#timeoutMs) });
  }
}

async function refuse(response: Response): Promise<void> {
  if (response.ok) return;
  await response.body?.cancel();
  const isRedirect = response.status >= 300 && response.status < 400;
  throw new Error(
    isRedirect ? `a redirect (${response.status}) is not followed` : `Frigate answered ${response.status}`,
  );
}

async function readLimited(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`the snapshot has more than ${MAX_BYTES / 1e6} MB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
