import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Names that `SnapshotStore` gives, now and before it gave numbers of stores. */
const OURS = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z(-[0-9a-f]{8})?-track-\d+\.jpg$/;

/**
 * Removes pictures that a watch wrote into a folder before a time; other files in it are not touched.
 *
 * @returns how many went
 */
export async function pruneSnapshots(folder: string, before: Date): Promise<number> {
  let removed = 0;
  for (const name of await namesIn(folder)) {
    if (!OURS.test(name)) continue;
    const path = join(folder, name);
    const stats = await lstat(path).catch(() => null);
    if (!stats?.isFile() || stats.mtime >= before) continue;
    await rm(path, { force: true });
    removed++;
  }
  return removed;
}

/** None where there is no folder yet. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
