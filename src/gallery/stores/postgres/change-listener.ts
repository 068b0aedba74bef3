import type { PostgresDatabase } from './postgres-database.ts';

/** What the triggers of the tables notify, with the number of the gallery. */
const CHANNEL = 'face_trigger';
/** How often is looked without having been told: what a connection missed that was lost. */
const POLL_MS = 1000;
/** How long to wait before connecting again: at first, and at most. */
const RETRY = { firstMs: 100, longestMs: 5000 } as const;

/**
 * Calls back when a gallery may have changed: at each notification, after each loss of the connection, and every second.
 *
 * @returns a function that ends it
 */
export function listenForChanges(
  database: PostgresDatabase,
  gallery: number,
  wake: () => void,
): () => Promise<void> {
  let isEnded = false;
  let close: (() => Promise<void>) | null = null;
  let retry: NodeJS.Timeout | undefined;
  let delay: number = RETRY.firstMs;
  const connect = async (): Promise<void> => {
    try {
      const opened = await database.listen(CHANNEL, {
        heard: (payload) => {
          if (payload === String(gallery)) wake();
        },
        lost: reconnect,
      });
      if (isEnded) return await opened();
      close = opened;
      delay = RETRY.firstMs;
      // What was notified while nobody listened.
      wake();
    } catch {
      // Whoever asks the store next is told what is wrong.
      reconnect();
    }
  };
  const reconnect = (): void => {
    close = null;
    if (isEnded) return;
    retry = setTimeout(() => {
      connecting = connect();
    }, delay).unref();
    delay = Math.min(2 * delay, RETRY.longestMs);
  };
  const poll = setInterval(wake, POLL_MS).unref();
  let connecting = connect();
  return async () => {
    isEnded = true;
    clearInterval(poll);
    clearTimeout(retry);
    await connecting;
    await close?.();
  };
}
