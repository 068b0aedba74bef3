import { homedir } from 'node:os';
import { join } from 'node:path';

/** Environment variables, as process.env has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Where the program keeps something for a user. */
export interface UserFolderPlaces {
  /** What the user says, by the program's own variable; counts more than all else. */
  readonly own: string | undefined;
  /** Folder of the kind, by XDG's variable, and below the home folder where that is not set. */
  readonly xdg: string | undefined;
  readonly home: readonly string[];
  /** Below ~/Library on macOS. */
  readonly library: string;
  /** Below LOCALAPPDATA/face-trigger on Windows. */
  readonly local: string;
}

/** The folder for things of a kind, where the operating system wants them; it may not exist yet. */
export function userFolder(
  { own, xdg, home, library, local }: UserFolderPlaces,
  { env, platform }: { readonly env: Variables; readonly platform: NodeJS.Platform },
): string {
  if (own) return own;
  if (platform === 'darwin') return join(homedir(), 'Library', library, 'face-trigger');
  if (platform === 'win32') {
    return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'face-trigger', local);
  }
  return join(xdg || join(homedir(), ...home), 'face-trigger');
}
