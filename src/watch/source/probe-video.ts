import { spawn } from 'node:child_process';
import { FaceTriggerError } from '../../core/errors.ts';
import { ffmpegFailure } from './ffmpeg-failure.ts';

/** What a file says about its first video stream. */
export interface VideoInfo {
  /** Frames a second, averaged over the file; null when the file does not say. */
  readonly fps: number | null;
  /** Length in milliseconds; null when the file does not say. */
  readonly durationMs: number | null;
  /** When it was made; null when the file does not say. */
  readonly createdAt: Date | null;
}

/**
 * Asks ffmpeg what a file holds.
 *
 * @param path - a file on this machine
 * @param options.ffmpegPath - the program
 * @throws FaceTriggerError `ERR_VIDEO_SOURCE` if the file has no video that ffmpeg can read
 * @remarks Reads what `ffmpeg -i` prints, as ffprobe is not always installed beside ffmpeg.
 */
export async function probeVideo(path: string, options: { ffmpegPath: string }): Promise<VideoInfo> {
  const text = await run(options.ffmpegPath, [
    '-hide_banner',
    '-nostdin',
    '-protocol_whitelist',
    'file',
    '-i',
    `file:${path}`,
  ]);
  const stream = /^\s+Stream #\S+.*?: Video: .*$/m.exec(text)?.[0];
  if (!stream) throw ffmpegFailure(`Could not read a video from ${path}`, { stderr: text });
  const fps = /([\d.]+) fps/.exec(stream)?.[1];
  const duration = /Duration: (\d+):(\d+):([\d.]+)/.exec(text);
  const created = Date.parse(/^\s*creation_time\s*: (\S+)/m.exec(text)?.[1] ?? '');
  return {
    // The start of the clock of QuickTime (1904) and of Unix stand for no time at all.
    createdAt: created > 0 ? new Date(created) : null,
    fps: fps && Number(fps) > 0 ? Number(fps) : null,
    durationMs: duration
      ? Math.round(((Number(duration[1]) * 60 + Number(duration[2])) * 60 + Number(duration[3])) * 1000)
      : null,
  };
}

function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], windowsHide: true });
    let text = '';
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (chunk: string) => {
      // A hostile file can carry megabytes of metadata; what is asked for stands near the top.
      if (text.length < 200_000) text += chunk;
    });
    child.once('error', (cause) =>
      reject(new FaceTriggerError('ERR_FFMPEG_NOT_FOUND', `Could not start ${program}`, { cause })),
    );
    child.once('close', () => resolve(text));
  });
}
