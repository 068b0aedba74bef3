/** What can be listened to. */
export interface Listenable {
  listen(
    channel: string,
    on: { readonly heard: (payload: string) => void; readonly lost: () => void },
  ): Promise<() => Promise<void>>;
}

/** How often is looked without having been told: what a connection missed that was lost. */
const POLL_MS = 1000;
/** How long to wait before connecting again: at first, and at most. */
const RETRY = { firstMs: 100, longestMs: 5000 } as const;

/**
 * Listens to a channel for as long as it is wanted, on a connection that comes back by itself.
 *
 * @param heard - called with what was notified; with `null` after each loss of the connection, and every second:
 * anything may have been
 * @returns a function that ends it
 */
export function keepListening(
  database: Listenable,
  channel: string,
  heard: (payload: string | null) => void,
): () => Promise<void> {
  let isEnded = false;
  let close: (() => Promise<void>) | null = null;
  let retry: NodeJS.Timeout | undefined;
  let delay: number = RETRY.firstMs;
  const connect = async (): Promise<void> => {
    try {
      const opened = await database.listen(channel, { heard, lost: reconnect });
      if (isEnded) return await opened();
      close = opened;
      delay = RETRY.firstMs;
      // What was notified while nobody listened.
      heard(null);
    } catch {
      // Whoever asks the database next is told what is wrong.
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
  const poll = setInterval(() => heard(null), POLL_MS).unref();
  let connecting = connect();
  return async () => {
    isEnded = true;
    clearInterval(poll);
    clearTimeout(retry);
    await connecting;
    await close?.();
  };
}
