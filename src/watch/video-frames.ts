import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import type { Image } from '../core/image/image.ts';
import { throwIfAborted } from '../core/throw-if-aborted.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import { decodeWithFfmpeg } from './source/ffmpeg-decoder.ts';
import { probeVideo } from './source/probe-video.ts';

/** One picture of a video. */
export interface VideoFrame {
  /** RGB. */
  readonly image: Image;
  /** Milliseconds since the video's first frame. */
  readonly timeMs: number;
  /** 0 for the first frame handed out. */
  readonly index: number;
}

/** Options of {@link readVideoFrames}. */
export interface VideoFramesOptions {
  /** Frames a second to hand out, above 0. @defaultValue the file's own average rate */
  readonly fps?: number | undefined;
  /** Stop after so many frames. */
  readonly maxFrames?: number | undefined;
  /** Frames wider than this many pixels are scaled down to it; the aspect is kept. */
  readonly width?: number | undefined;
  /** The ffmpeg program. @defaultValue what {@link findFfmpeg} finds */
  readonly ffmpegPath?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Rate for a file that does not say its own. */
export const FALLBACK_FPS = 25;

// Screen and browser recordings announce their clock's rate (1000) where they have no steady one.
const MAX_CREDIBLE_FPS = 240;

/**
 * Reads the frames of a video file with the machine's ffmpeg.
 *
 * @param path - a video file on this machine
 * @returns frames in order, none left out; each owns its pixels, so it may be kept
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FFMPEG_NOT_FOUND`, `ERR_VIDEO_SOURCE` if it has no readable
 * video, `ERR_ABORTED`
 * @remarks The decoder waits while nobody takes a frame, so memory holds one or two frames. Videos of varying rate
 * are brought to a constant one. Rotation tags and non-square pixels are applied.
 */
export async function* readVideoFrames(
  path: string,
  options: VideoFramesOptions = {},
): AsyncGenerator<VideoFrame, void, void> {
  checkOptions(options);
  const maxFrames = options.maxFrames ?? Number.POSITIVE_INFINITY;
  if (maxFrames === 0) return;
  throwIfAborted(options.signal);
  const file = resolve(path);
  if (!(await stat(file).catch(() => null))?.isFile()) {
    throw new FaceTriggerError('ERR_FILE_NOT_FOUND', `There is no video file ${path}`);
  }
  const ffmpegPath = await findFfmpeg({ path: options.ffmpegPath });
  const fps = options.fps ?? credibleFps((await probeVideo(file, { ffmpegPath })).fps);
  const frames = decodeWithFfmpeg({
    ffmpegPath,
    // The prefix keeps a name such as "concat:x" or "-y" from being more than a name.
    input: ['-protocol_whitelist', 'file', '-i', `file:${file}`],
    fps,
    maxWidth: options.width,
    name: path,
    signal: options.signal,
  });
  let index = 0;
  for await (const image of frames) {
    yield { image, timeMs: (index * 1000) / fps, index };
    if (++index >= maxFrames) return;
  }
}

/** The rate to read a file at, from what the file says. */
export function credibleFps(fps: number | null): number {
  return fps !== null && fps <= MAX_CREDIBLE_FPS ? fps : FALLBACK_FPS;
}

function checkOptions(options: VideoFramesOptions): void {
  const { fps, maxFrames, width } = options;
  if (fps !== undefined && !(Number.isFinite(fps) && fps > 0)) {
    throw invalidArgument('a number above 0', 'options.fps', fps);
  }
  if (maxFrames !== undefined && !(maxFrames >= 0)) {
    throw invalidArgument('a number >= 0', 'options.maxFrames', maxFrames);
  }
  if (width !== undefined && !(Number.isInteger(width) && width >= 16)) {
    throw invalidArgument('an integer >= 16', 'options.width', width);
  }
}
