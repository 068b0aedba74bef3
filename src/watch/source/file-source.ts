import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FaceTriggerError } from '../../core/errors.ts';
import { findFfmpeg } from '../find-ffmpeg.ts';
import { credibleFps } from '../video-frames.ts';
import { decodeWithFfmpeg } from './ffmpeg-decoder.ts';
import { FramePool } from './frame-pool.ts';
import type { FrameSource, SourceItem } from './frame-source.ts';
import { probeVideo } from './probe-video.ts';

/** Options of {@link createFileSource}. */
export interface FileSourceOptions {
  readonly ffmpegPath?: string | undefined;
  /** Frames a second to read. @defaultValue the file's own */
  readonly fps?: number | undefined;
  /** Wider frames are scaled down to so many pixels. */
  readonly maxWidth?: number | undefined;
  /** Play it again and again, so many times; 0 = once. */
  readonly repeat?: number | undefined;
}

/**
 * A video file: every frame is handed out, however long the consumer takes.
 *
 * @param path - a file on this machine
 */
export function createFileSource(path: string, options: FileSourceOptions = {}): FrameSource {
  return { name: path, live: false, open: (signal) => readFile(path, options, signal) };
}

async function* readFile(
  path: string,
  options: FileSourceOptions,
  signal: AbortSignal,
): AsyncGenerator<SourceItem, void, void> {
  const file = resolve(path);
  if (!(await stat(file).catch(() => null))?.isFile()) {
    throw new FaceTriggerError('ERR_FILE_NOT_FOUND', `There is no video file ${path}`);
  }
  const ffmpegPath = await findFfmpeg({ path: options.ffmpegPath });
  const fps = options.fps ?? credibleFps((await probeVideo(file, { ffmpegPath })).fps);
  const pool = new FramePool();
  const loop = options.repeat ? ['-stream_loop', String(options.repeat)] : [];
  const frames = decodeWithFfmpeg({
    ffmpegPath,
    input: [...loop, '-protocol_whitelist', 'file', '-i', `file:${file}`],
    fps,
    maxWidth: options.maxWidth,
    name: path,
    signal,
    allocate: (byteLength) => pool.acquire(byteLength),
  });
  let index = 0;
  for await (const image of frames) {
    const frame = { image, timeMs: (index * 1000) / fps, index, release: () => pool.release(image.data) };
    yield { type: 'frame', frame };
    index++;
  }
}
