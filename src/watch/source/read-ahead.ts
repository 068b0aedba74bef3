import { AsyncQueue } from '../async-queue.ts';

/**
 * Reads a few items before they are asked for, so that decoding goes on while a frame is looked at.
 *
 * @param items - closed when this iteration ends
 * @param count - items read ahead at most
 */
export async function* readAhead<T>(
  items: AsyncGenerator<T, void, void>,
  count: number,
): AsyncGenerator<T, void, void> {
  const queue = new AsyncQueue<T>(count);
  const reading = (async () => {
    try {
      for await (const item of items) if (!(await queue.push(item))) return;
      queue.end();
    } catch (error) {
      queue.end(error);
    }
  })();
  try {
    yield* queue;
  } finally {
    queue.close();
    // The reader may be inside `next()`: `return()` waits for it and then closes.
    await items.return().catch(() => undefined);
    await reading;
  }
}
