import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder for files that can be made again, where the operating system wants them.
 *
 * @param options.env - environment variables. @defaultValue process.env
 * @param options.platform - as in process.platform
 * @returns `FACE_TRIGGER_CACHE` if set, else `face-trigger` in XDG_CACHE_HOME or ~/.cache, ~/Library/Caches (macOS),
 * LOCALAPPDATA (Windows); it may not exist yet
 */
export function userCacheFolder(
  options: {
    env?: Readonly<Record<string, string | undefined>> | undefined;
    platform?: NodeJS.Platform | undefined;
  } = {},
): string {
  const { env = process.env, platform = process.platform } = options;
  if (env['FACE_TRIGGER_CACHE']) return env['FACE_TRIGGER_CACHE'];
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'face-trigger');
  if (platform === 'win32') {
    return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'face-trigger', 'Cache');
  }
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'face-trigger');
}
