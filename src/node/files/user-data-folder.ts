import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder for what a user installed or decided, where the operating system wants it.
 *
 * @param options.env - environment variables. @defaultValue process.env
 * @param options.platform - as in process.platform
 * @returns `FACE_TRIGGER_DATA` if set, else `face-trigger` in XDG_DATA_HOME or ~/.local/share, ~/Library/Application
 * Support (macOS), LOCALAPPDATA (Windows); it may not exist yet
 */
export function userDataFolder(
  options: {
    env?: Readonly<Record<string, string | undefined>> | undefined;
    platform?: NodeJS.Platform | undefined;
  } = {},
): string {
  const { env = process.env, platform = process.platform } = options;
  if (env['FACE_TRIGGER_DATA']) return env['FACE_TRIGGER_DATA'];
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'face-trigger');
  if (platform === 'win32') {
    return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'face-trigger', 'Data');
  }
  return join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'face-trigger');
}
