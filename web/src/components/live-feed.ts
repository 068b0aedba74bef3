import type { Api } from '../api/create-api.ts';
import { parsePictureStream } from '../api/parse-picture-stream.ts';

/** Gets the live pictures of all cameras by one connection: browsers open six to a server, and no more. */
export interface LiveFeed {
  /** Gets each new picture of a camera, from the last one on. @returns ends it */
  listen(camera: string, onPicture: (picture: Blob) => void): () => void;
}

/** First pause before connecting again, and the longest. */
const RETRY_MS = { first: 500, most: 10_000 } as const;

/**
 * Follows the live pictures until the signal fires, and not while nobody looks at the page.
 *
 * @param onError - told why there are none; null: they come
 */
export function createLiveFeed(
  api: Api,
  { signal, onError }: { readonly signal: AbortSignal; readonly onError: (error: unknown) => void },
): LiveFeed {
  const listeners = new Map<string, Set<(picture: Blob) => void>>();
  const last = new Map<string, Blob>();
  void follow(api, {
    signal,
    onError,
    onPicture: (camera, picture) => {
      last.set(camera, picture);
      for (const listener of listeners.get(camera) ?? []) listener(picture);
    },
  });
  return {
    listen: (camera, onPicture) => {
      const all = listeners.get(camera) ?? new Set();
      listeners.set(camera, all.add(onPicture));
      const known = last.get(camera);
      if (known) onPicture(known);
      return () => all.delete(onPicture);
    },
  };
}

async function follow(
  api: Api,
  options: {
    readonly signal: AbortSignal;
    readonly onError: (error: unknown) => void;
    readonly onPicture: (camera: string, picture: Blob) => void;
  },
): Promise<void> {
  const { signal, onError, onPicture } = options;
  let pauseMs: number = RETRY_MS.first;
  while (!signal.aborted) {
    const looked = lookedAt(signal);
    try {
      const response = await api.home.livePictures({ signal: looked.signal });
      for await (const { camera, picture } of parsePictureStream(response.body!)) {
        pauseMs = RETRY_MS.first;
        onError(null);
        onPicture(camera, picture);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!looked.signal.aborted) onError(error);
    } finally {
      looked.end();
    }
    if (document.hidden) await shown(signal);
    else await wait(pauseMs, signal);
    pauseMs = Math.min(RETRY_MS.most, pauseMs * 2);
  }
}

/** A signal that fires too when the page is hidden. */
function lookedAt(signal: AbortSignal): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const onHidden = () => document.hidden && controller.abort();
  document.addEventListener('visibilitychange', onHidden);
  return {
    signal: AbortSignal.any([signal, controller.signal]),
    end: () => document.removeEventListener('visibilitychange', onHidden),
  };
}

function shown(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener('visibilitychange', done);
      resolve();
    };
    document.addEventListener('visibilitychange', done);
    signal.addEventListener('abort', done, { once: true });
  });
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => [clearTimeout(timer), resolve()], { once: true });
  });
}
