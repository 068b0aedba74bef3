import { withoutUndefined } from '../core/options/without-undefined.ts';
import { AsyncQueue } from './async-queue.ts';
import type { FaceAnalyzer } from './face-analyzer.ts';
import { createSource, type SourceOptions } from './source/create-source.ts';
import type { FrameSource } from './source/frame-source.ts';
import { runWatchEngine, type WatchEngineOptions } from './watch-engine.ts';
import type { WatchEvent } from './watch-event.ts';

/** Options of {@link watch}. */
export interface WatchOptions extends WatchEngineOptions {
  /** The recognition: see {@link createFaceAnalyzer}. */
  readonly analyzer: FaceAnalyzer;
  /** How the source is opened, when it is given as a text. */
  readonly sourceOptions?: SourceOptions | undefined;
  /** Ends the watch. */
  readonly signal?: AbortSignal | undefined;
}

// Events that wait for a slow consumer before the watch itself waits (files) or drops frames (live sources).
const EVENTS_AHEAD = 256;

/**
 * Watches a video, a camera, a stream or a folder of pictures and tells who is there.
 *
 * @param source - a text as for {@link createSource}, or a source of your own
 * @param options.analyzer - the recognition
 * @returns events in order, until the source ends or the signal fires; then no process, timer or file is left. Leaving
 * the iteration early stops the watch too
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, `ERR_FILE_NOT_FOUND`, `ERR_FFMPEG_NOT_FOUND`, `ERR_VIDEO_SOURCE`,
 * and what the recognition throws
 */
export async function* watch(
  source: string | FrameSource,
  options: WatchOptions,
): AsyncGenerator<WatchEvent, void, void> {
  const { analyzer, sourceOptions, signal, ...engineOptions } = options;
  if (signal?.aborted) return;
  const frames = typeof source === 'string' ? await createSource(source, sourceOptions) : source;
  const stop = new AbortController();
  const output = new AsyncQueue<WatchEvent>(EVENTS_AHEAD);
  const running = runWatchEngine(frames, analyzer, {
    ...withoutUndefined(engineOptions),
    output,
    signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
  }).catch((error: unknown) => output.end(error));
  let failure: { error: unknown } | null = null;
  try {
    yield* output;
  } catch (error) {
    failure = { error };
  } finally {
    stop.abort();
    await running;
  }
  if (failure) throw failure.error;
}
