import { throwIfAborted } from '../core/throw-if-aborted.ts';

/** Options of {@link mapInOrder}. */
export interface MapInOrderOptions {
  /** Pieces of work under way at once, integer >= 1. */
  readonly concurrency: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does work on many things, several at once, and hands the results out in the order of the things.
 *
 * @param work - called with each item; its rejection ends the iteration when its turn comes
 * @throws FaceTriggerError `ERR_ABORTED` between two results once the signal is aborted
 * @remarks No more than `concurrency` results wait to be taken, so a slow consumer bounds the memory. When the
 * iteration ends early, it ends after the work that is under way.
 */
export async function* mapInOrder<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
  options: MapInOrderOptions,
): AsyncGenerator<R, void, void> {
  const running: Promise<R>[] = [];
  let next = 0;
  try {
    while (next < items.length || running.length > 0) {
      throwIfAborted(options.signal);
      while (next < items.length && running.length < options.concurrency) {
        const promise = work(items[next]!, next++);
        // It may fail long before its turn; until then nobody listens.
        promise.catch(() => undefined);
        running.push(promise);
      }
      const result = await running[0]!;
      void running.shift();
      throwIfAborted(options.signal);
      yield result;
    }
  } finally {
    await Promise.allSettled(running);
  }
}
