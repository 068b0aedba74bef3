import type { Readable } from 'node:stream';
import { FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import { throwIfAborted } from '../../core/throw-if-aborted.ts';
import { FramePool } from './frame-pool.ts';
import type { FrameSource, SourceItem } from './frame-source.ts';

/** Options of {@link createRawSource}. */
export interface RawSourceOptions {
  /** Pixels, integer >= 16. */
  readonly width: number;
  /** Pixels, integer >= 16. */
  readonly height: number;
  /** @defaultValue 'rgb24' */
  readonly pixelFormat?: 'rgb24' | 'bgr24' | 'gray' | undefined;
  /** Frames a second that the stream holds. @defaultValue 25 */
  readonly fps?: number | undefined;
}

/**
 * Raw frames from a stream such as standard input: width * height * 3 bytes a frame (gray: * 1), one after the other.
 *
 * @remarks No frame is dropped: the writer waits while the frames are not taken.
 */
export function createRawSource(stream: Readable, options: RawSourceOptions): FrameSource {
  for (const name of ['width', 'height'] as const) {
    if (!(Number.isInteger(options[name]) && options[name] >= 16 && options[name] <= 16384)) {
      throw invalidArgument('an integer of 16 .. 16384', `options.${name}`, options[name]);
    }
  }
  const fps = options.fps ?? 25;
  if (!(fps > 0)) throw invalidArgument('a number above 0', 'options.fps', fps);
  return { name: '-', live: false, open: (signal) => readRaw(stream, { ...options, fps }, signal) };
}

async function* readRaw(
  stream: Readable,
  options: RawSourceOptions & { fps: number },
  signal: AbortSignal,
): AsyncGenerator<SourceItem, void, void> {
  const { width, height, fps } = options;
  const format = options.pixelFormat ?? 'rgb24';
  const channels = format === 'gray' ? 1 : 3;
  const pool = new FramePool();
  const destroy = () => stream.destroy();
  signal.addEventListener('abort', destroy, { once: true });
  let data = pool.acquire(width * height * channels);
  let filled = 0;
  let index = 0;
  try {
    throwIfAborted(signal);
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      for (let at = 0; at < chunk.length; ) {
        const count = Math.min(chunk.length - at, data.length - filled);
        data.set(chunk.subarray(at, at + count), filled);
        filled += count;
        at += count;
        if (filled < data.length) continue;
        const full = data;
        if (format === 'bgr24') swapRedAndBlue(full);
        const image = { data: full, width, height, channels } as const;
        const frame = { image, timeMs: (index * 1000) / fps, index, release: () => pool.release(full) };
        yield { type: 'frame', frame };
        index++;
        data = pool.acquire(full.length);
        filled = 0;
      }
    }
  } catch (cause) {
    throwIfAborted(signal);
    throw new FaceTriggerError('ERR_VIDEO_SOURCE', 'Reading raw frames failed', { cause });
  } finally {
    signal.removeEventListener('abort', destroy);
    stream.destroy();
  }
  throwIfAborted(signal);
}

function swapRedAndBlue(data: Uint8Array): void {
  for (let i = 0; i < data.length; i += 3) {
    const first = data[i]!;
    data[i] = data[i + 2]!;
    data[i + 2] = first;
  }
}
