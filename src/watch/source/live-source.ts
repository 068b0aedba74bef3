import { setTimeout as sleep } from 'node:timers/promises';
import { FaceTriggerError } from '../../errors.ts';
import type { Image } from '../../image/image.ts';
import { findFfmpeg } from '../find-ffmpeg.ts';
import { decodeWithFfmpeg, throwIfAborted } from './ffmpeg-decoder.ts';
import { FramePool } from './frame-pool.ts';
import type { FrameSource, SourceFrame, SourceItem } from './frame-source.ts';
import { LatestFrame } from './latest-frame.ts';
import { redact } from './redact.ts';

/** Options of live sources. */
export interface LiveSourceOptions {
  readonly ffmpegPath?: string | undefined;
  /** Wider frames are scaled down to so many pixels. @defaultValue {@link DEFAULT_LIVE_WIDTH} */
  readonly maxWidth?: number | undefined;
  /** Milliseconds without a frame after which the source counts as lost. @defaultValue {@link DEFAULT_STALL_MS} */
  readonly stallMs?: number | undefined;
  /** First pause before a new try, in milliseconds; it doubles from try to try. @defaultValue 1000 */
  readonly reconnectMinMs?: number | undefined;
  /** Longest pause, in milliseconds. @defaultValue 30000 */
  readonly reconnectMaxMs?: number | undefined;
  /** Give up after so many tries in a row without a frame. @defaultValue never */
  readonly reconnectAttempts?: number | undefined;
}

/** Default of {@link LiveSourceOptions.maxWidth}: full HD is brought down to what faces at a door need. */
export const DEFAULT_LIVE_WIDTH = 1280;

/** Default of {@link LiveSourceOptions.stallMs}: some cameras take 8 seconds to their first key frame. */
export const DEFAULT_STALL_MS = 10_000;

/** What ffmpeg is told to open. */
export interface LiveInput {
  readonly name: string;
  /** ffmpeg's input side. */
  readonly args: readonly string[];
  /** For its standard input. */
  readonly stdin?: string;
}

/**
 * A camera or network stream: the newest frame is handed out and older ones are dropped; a source that ends,
 * fails or stalls is opened again after growing pauses, and says so.
 */
export function createLiveSource(input: LiveInput, options: LiveSourceOptions = {}): FrameSource {
  return { name: redact(input.name), live: true, open: (signal) => openForever(input, options, signal) };
}

async function* openForever(
  input: LiveInput,
  options: LiveSourceOptions,
  signal: AbortSignal,
): AsyncGenerator<SourceItem, void, void> {
  const ffmpegPath = await findFfmpeg({ path: options.ffmpegPath });
  const minMs = options.reconnectMinMs ?? 1000;
  const maxMs = options.reconnectMaxMs ?? 30_000;
  const start = performance.now();
  const clock = () => performance.now() - start;
  const counter = { index: 0 };
  let failures = 0;
  let lostAt: number | null = null;
  while (!signal.aborted) {
    let reason = 'the stream ended';
    try {
      for await (const frame of openOnce(input, { ...options, ffmpegPath }, { signal, clock, counter })) {
        if (lostAt !== null) yield { type: 'back', timeMs: frame.timeMs, downMs: frame.timeMs - lostAt };
        lostAt = null;
        failures = 0;
        yield { type: 'frame', frame };
      }
    } catch (error) {
      throwIfAborted(signal);
      if (error instanceof FaceTriggerError && error.code === 'ERR_FFMPEG_NOT_FOUND') throw error;
      reason = redact((error as Error).message);
    }
    throwIfAborted(signal);
    const retryInMs = Math.min(maxMs, minMs * 2 ** failures);
    failures++;
    if (lostAt === null) {
      lostAt = clock();
      yield { type: 'lost', timeMs: lostAt, reason, retryInMs };
    }
    if (failures > (options.reconnectAttempts ?? Number.POSITIVE_INFINITY)) {
      throw new FaceTriggerError('ERR_VIDEO_SOURCE', `${redact(input.name)} stayed away: ${reason}`);
    }
    await sleep(retryInMs, undefined, { signal }).catch(() => throwIfAborted(signal));
  }
  throwIfAborted(signal);
}

interface Run {
  readonly signal: AbortSignal;
  readonly clock: () => number;
  readonly counter: { index: number };
}

// The reader below never waits for the consumer: it empties ffmpeg's pipe at once, so the pipe never holds old frames.
async function* openOnce(
  input: LiveInput,
  options: LiveSourceOptions & { ffmpegPath: string },
  run: Run,
): AsyncGenerator<SourceFrame, void, void> {
  const pool = new FramePool();
  const stop = new AbortController();
  const latest = new LatestFrame<SourceFrame>((frame) => frame.release());
  const stallMs = options.stallMs ?? DEFAULT_STALL_MS;
  const stalled = new FaceTriggerError('ERR_VIDEO_SOURCE', `no frame came for ${stallMs} ms`);
  const timer = setTimeout(() => stop.abort(stalled), stallMs);
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const frames = decodeWithFfmpeg({
    ffmpegPath: options.ffmpegPath,
    input: input.args,
    ...(input.stdin === undefined ? {} : { stdin: input.stdin }),
    maxWidth: options.maxWidth ?? DEFAULT_LIVE_WIDTH,
    name: input.name,
    signal,
    allocate: (byteLength) => pool.acquire(byteLength),
  });
  const reading = (async () => {
    try {
      for await (const image of frames) {
        timer.refresh();
        latest.put(frameOf(image, pool, run));
      }
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
    clearTimeout(timer);
    stop.abort();
    await reading;
  }
}

function frameOf(image: Image, pool: FramePool, run: Run): SourceFrame {
  return { image, timeMs: run.clock(), index: run.counter.index++, release: () => pool.release(image.data) };
}
