import { setTimeout as sleep } from 'node:timers/promises';
import { FaceTriggerError } from '../../core/errors.ts';
import { throwIfAborted } from '../../core/throw-if-aborted.ts';
import { findFfmpeg } from '../find-ffmpeg.ts';
import { addressHint } from './address-hint.ts';
import { type FfmpegInput, ffmpegStream } from './ffmpeg-stream.ts';
import type { FrameSource, SourceItem } from './frame-source.ts';
import type { LiveRun, LiveSourceOptions, OpenLive } from './live-options.ts';
import { redact } from './redact.ts';

/**
 * A camera or network stream: the newest frame is handed out and older ones are dropped; a source that ends,
 * fails or stalls is opened again after growing pauses, and says so.
 */
export function createLiveSource(input: FfmpegInput, options: LiveSourceOptions = {}): FrameSource {
  let ffmpegPath: string | undefined;
  const open: OpenLive = async function* (run) {
    ffmpegPath ??= await findFfmpeg({ path: options.ffmpegPath });
    yield* ffmpegStream(input, { ...options, ffmpegPath }, run);
  };
  return {
    name: redact(input.name, [input.name]),
    live: true,
    open: (signal) => reopenForever(open, { ...options, address: input.name }, signal),
  };
}

/**
 * Opens a live source again and again.
 *
 * @param open - starts reading it once
 * @param options.address - the camera's name or address; its secrets are hidden in all that is said
 */
export async function* reopenForever(
  open: OpenLive,
  options: LiveSourceOptions & { readonly address: string },
  signal: AbortSignal,
): AsyncGenerator<SourceItem, void, void> {
  const { address } = options;
  const minMs = options.reconnectMinMs ?? 1000;
  const maxMs = options.reconnectMaxMs ?? 30_000;
  const start = performance.now();
  const clock = () => performance.now() - start;
  let index = 0;
  const run: LiveRun = { signal, clock, nextIndex: () => index++ };
  let failures = 0;
  let lostAt: number | null = null;
  while (!signal.aborted) {
    let reason = 'the stream ended';
    try {
      for await (const frame of open(run)) {
        if (lostAt !== null) yield { type: 'back', timeMs: frame.timeMs, downMs: frame.timeMs - lostAt };
        lostAt = null;
        failures = 0;
        yield { type: 'frame', frame };
      }
    } catch (error) {
      throwIfAborted(signal);
      if (error instanceof FaceTriggerError && error.code === 'ERR_FFMPEG_NOT_FOUND') throw error;
      const hint = addressHint(address);
      reason = redact((error as Error).message, [address]) + (hint === null ? '' : `. ${hint}`);
    }
    throwIfAborted(signal);
    const retryInMs = Math.min(maxMs, minMs * 2 ** failures);
    failures++;
    if (lostAt === null) {
      lostAt = clock();
      yield { type: 'lost', timeMs: lostAt, reason, retryInMs };
    }
    if (failures > (options.reconnectAttempts ?? Number.POSITIVE_INFINITY)) {
      throw new FaceTriggerError('ERR_VIDEO_SOURCE', `${redact(address, [address])} stayed away: ${reason}`);
    }
    await sleep(retryInMs, undefined, { signal }).catch(() => throwIfAborted(signal));
  }
  throwIfAborted(signal);
}
