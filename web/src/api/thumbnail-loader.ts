import type { HttpClient } from './http-client.ts';

/** As many as the server gives at once. */
const MOST = 60;
/** Pictures that are kept; each has some 8 kB. */
const KEPT = 2000;

/** Gives the crop of a face in a photo; `null` where none is kept. */
export type LoadThumbnail = (faceId: string) => Promise<Blob | null>;

/**
 * Fetches crops of faces, many at a time, and keeps the last ones: a page shows dozens, and the same ones come again.
 *
 * @param http - its base64 texts become pictures here
 */
export function thumbnailLoader(http: HttpClient): LoadThumbnail {
  const kept = new Map<string, Promise<Blob | null>>();
  let waiting: { readonly id: string; readonly done: (blob: Blob | null) => void }[] = [];
  const fetchWaiting = async (): Promise<void> => {
    const batch = waiting.slice(0, MOST);
    waiting = waiting.slice(MOST);
    if (waiting.length > 0) queueMicrotask(() => void fetchWaiting());
    try {
      const query = { ids: batch.map(({ id }) => id).join(',') };
      const { items } = await http.json<{ items: readonly { id: string; jpeg: string }[] }>(
        '/photos/thumbnails',
        { query },
      );
      const found = new Map(items.map(({ id, jpeg }) => [id, toBlob(jpeg)]));
      for (const { id, done } of batch) done(found.get(id) ?? null);
    } catch {
      // Whoever comes next asks again.
      for (const { id, done } of batch) {
        kept.delete(id);
        done(null);
      }
    }
  };
  return (id) => {
    const known = kept.get(id);
    if (known) return known;
    const promise = new Promise<Blob | null>((done) => {
      // Those of one page are asked for in one go.
      if (waiting.length === 0) setTimeout(() => void fetchWaiting());
      waiting.push({ id, done });
    });
    kept.set(id, promise);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
    return promise;
  };
}

function toBlob(base64: string): Blob {
  return new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], { type: 'image/jpeg' });
}
