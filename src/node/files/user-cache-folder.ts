import { userFolder, type Variables } from './user-folder.ts';

/**
 * The folder for files that can be made again, where the operating system wants them.
 *
 * @param options.env - environment variables. @defaultValue process.env
 * @param options.platform - as in process.platform
 * @returns `FACE_TRIGGER_CACHE` if set, else `face-trigger` in XDG_CACHE_HOME or ~/.cache, ~/Library/Caches (macOS),
 * LOCALAPPDATA (Windows); it may not exist yet
 */
export function userCacheFolder(
  options: { env?: Variables | undefined; platform?: NodeJS.Platform | undefined } = {},
): string {
  const { env = process.env, platform = process.platform } = options;
  const places = {
    own: env['FACE_TRIGGER_CACHE'],
    xdg: env['XDG_CACHE_HOME'],
    home: ['.cache'],
    library: 'Caches',
    local: 'Cache',
  };
  return userFolder(places, { env, platform });
}
