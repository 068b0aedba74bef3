import { rename } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** Two seconds in all. */
const PAUSES_MS = [10, 20, 50, 100, 200, 500, 1100] as const;
const HELD = ['EACCES', 'EBUSY', 'EPERM'];

/**
 * Renames a file or folder, over a file of that name.
 *
 * @param options.platform - as in process.platform
 * @param options.attempt - renames once. @defaultValue that of node:fs/promises
 * @throws what the last attempt throws
 * @remarks Windows refuses to replace or move what another program has open, and virus scanners and indexers open every
 * new file for a moment: there it is tried again, for two seconds at most.
 */
export async function renameFile(
  from: string,
  to: string,
  options: {
    readonly platform?: NodeJS.Platform | undefined;
    readonly attempt?: ((from: string, to: string) => Promise<void>) | undefined;
  } = {},
): Promise<void> {
  const { platform = process.platform, attempt = rename } = options;
  for (const pauseMs of platform === 'win32' ? PAUSES_MS : []) {
    try {
      return await attempt(from, to);
    } catch (error) {
      if (!HELD.includes(String((error as NodeJS.ErrnoException).code))) throw error;
      await pause(pauseMs);
    }
  }
  await attempt(from, to);
}
