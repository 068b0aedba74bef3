import { userFolder, type Variables } from './user-folder.ts';

/**
 * The folder for what a user installed or decided, where the operating system wants it.
 *
 * @param options.env - environment variables. @defaultValue process.env
 * @param options.platform - as in process.platform
 * @returns `FACE_TRIGGER_DATA` if set, else `face-trigger` in XDG_DATA_HOME or ~/.local/share, ~/Library/Application
 * Support (macOS), LOCALAPPDATA (Windows); it may not exist yet
 */
export function userDataFolder(
  options: { env?: Variables | undefined; platform?: NodeJS.Platform | undefined } = {},
): string {
  const { env = process.env, platform = process.platform } = options;
  const places = {
    own: env['FACE_TRIGGER_DATA'],
    xdg: env['XDG_DATA_HOME'],
    home: ['.local', 'share'],
    library: 'Application Support',
    local: 'Data',
  };
  return userFolder(places, { env, platform });
}
