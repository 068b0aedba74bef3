import { delimiter, join } from 'node:path';
import { FaceTriggerError } from '../core/errors.ts';
import { isProgram } from './triggers/find-program.ts';

/** Options of {@link findFfmpeg}. */
export interface FindFfmpegOptions {
  /** An ffmpeg program to use instead of searching; it must exist. */
  readonly path?: string | undefined;
  /** Variables to look into. @defaultValue process.env */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * Finds the ffmpeg program that decodes and encodes video.
 *
 * @param options.path - used when given; then the variable `FACE_TRIGGER_FFMPEG`; then the folders of `PATH`
 * @returns absolute or given path of the program
 * @throws FaceTriggerError `ERR_FFMPEG_NOT_FOUND` with the line that installs ffmpeg on this system
 */
export async function findFfmpeg(options: FindFfmpegOptions = {}): Promise<string> {
  const env = options.env ?? process.env;
  for (const [origin, path] of [
    ['options.path', options.path],
    ['FACE_TRIGGER_FFMPEG', env['FACE_TRIGGER_FFMPEG']],
  ] as const) {
    if (!path) continue;
    if (await isProgram(path)) return path;
    throw notFound(`${origin} names ${path}, which is not a program`);
  }
  const name = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';
  for (const folder of (env['PATH'] ?? env['Path'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    const path = join(folder, name);
    if (await isProgram(path)) return path;
  }
  throw notFound('there is none in the folders of PATH');
}

const INSTALL_LINES: Readonly<Record<string, string>> = {
  linux: 'apt-get install ffmpeg (or dnf, pacman, apk)',
  darwin: 'brew install ffmpeg',
  win32: 'winget install ffmpeg',
};

function notFound(reason: string): FaceTriggerError {
  const install = INSTALL_LINES[process.platform] ?? 'see https://ffmpeg.org/download.html';
  return new FaceTriggerError(
    'ERR_FFMPEG_NOT_FOUND',
    `Reading video needs the ffmpeg program, but ${reason}. Install it: ${install}; or set FACE_TRIGGER_FFMPEG to its path`,
  );
}
