import type { FrameSource } from './frame-source.ts';

/**
 * A source that ends when it is told to, as a film does: what was followed then leaves, and that is told.
 *
 * @param end - ends it
 */
export function endingSource(source: FrameSource, end: AbortSignal): FrameSource {
  return {
    name: source.name,
    live: source.live,
    get sparse() {
      return source.sparse;
    },
    async *open(signal) {
      try {
        yield* source.open(AbortSignal.any([signal, end]));
      } catch (error) {
        if (!end.aborted || signal.aborted) throw error;
      }
    },
  };
}
