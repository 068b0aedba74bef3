import { FaceTriggerError } from '../../core/errors.ts';
import type { Image } from '../../core/image/image.ts';
import { decodeWithFfmpeg } from './ffmpeg-decoder.ts';
import { FramePool } from './frame-pool.ts';
import type { SourceFrame } from './frame-source.ts';
import { LatestFrame } from './latest-frame.ts';
import {
  DEFAULT_LIVE_WIDTH,
  DEFAULT_STALL_MS,
  type LiveRun,
  type LiveSourceOptions,
} from './live-options.ts';
import { StallTimer } from './stall-timer.ts';

/** What ffmpeg is told to open. */
export interface FfmpegInput {
  /** The camera or the whole address; its secrets are hidden in errors. */
  readonly name: string;
  /** ffmpeg's input side. */
  readonly args: readonly string[];
  /** For its standard input. */
  readonly stdin?: string | undefined;
}

/**
 * The frames of one run of ffmpeg: the newest is handed out, older ones are dropped.
 *
 * @throws FaceTriggerError as {@link decodeWithFfmpeg}, and `ERR_VIDEO_SOURCE` when no frame came for too long
 * @remarks The reader never waits for the consumer: it empties ffmpeg's pipe at once, so that never holds old frames.
 */
export async function* ffmpegStream(
  input: FfmpegInput,
  options: LiveSourceOptions & {
    readonly ffmpegPath: string;
    readonly env?: Readonly<Record<string, string>> | undefined;
  },
  run: LiveRun,
): AsyncGenerator<SourceFrame, void, void> {
  const pool = new FramePool();
  const stop = new AbortController();
  const latest = new LatestFrame<SourceFrame>((frame) => frame.release());
  const stallMs = options.stallMs ?? DEFAULT_STALL_MS;
  const timer = new StallTimer({
    stallMs,
    onStall: (ms) => stop.abort(new FaceTriggerError('ERR_VIDEO_SOURCE', `no frame came for ${ms} ms`)),
  });
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const frames = decodeWithFfmpeg({
    ffmpegPath: options.ffmpegPath,
    input: input.args,
    ...(input.stdin === undefined ? {} : { stdin: input.stdin }),
    maxWidth: options.maxWidth ?? DEFAULT_LIVE_WIDTH,
    env: options.env,
    name: input.name,
    signal,
    allocate: (byteLength) => pool.acquire(byteLength),
    onData: () => timer.alive(),
  });
  const reading = (async () => {
    try {
      for await (const image of frames) latest.put(frameOf(image, pool, run));
      latest.end();
    } catch (error) {
      latest.end(stop.signal.aborted && !run.signal.aborted ? stop.signal.reason : error);
    }
  })();
  try {
    for (;;) {
      const frame = await latest.take();
      if (frame === null) return;
      yield frame;
    }
  } finally {
    timer.close();
    stop.abort();
    await reading;
  }
}

function frameOf(image: Image, pool: FramePool, run: LiveRun): SourceFrame {
  return { image, timeMs: run.clock(), index: run.nextIndex(), release: () => pool.release(image.data) };
}
