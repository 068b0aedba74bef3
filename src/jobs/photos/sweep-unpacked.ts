import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  isUnpackedFolder,
  ownerOfUnpacked,
  removeUnpackedFolders,
} from '../../node/files/unpacked-folder.ts';

/** From this age on a folder that no job names is left over: until then its job may be about to be made. */
const AGE_MS = 24 * 3_600_000;

/**
 * Removes what was unpacked for jobs that are not there any more: of a gallery that was deleted on another machine, or
 * where a process ended before it could make the job.
 *
 * @param within - the folder that they are in
 * @param options.owner - only those of this one, where several share the folder. @defaultValue `null`: all are ours
 * @param options.needed - those of the folders that jobs name
 */
export async function sweepUnpacked(
  within: string,
  {
    owner = null,
    needed,
  }: {
    readonly owner?: string | null | undefined;
    readonly needed: (folders: readonly string[]) => Promise<readonly string[]>;
  },
): Promise<void> {
  const names = await readdir(within).catch(() => []);
  const old: string[] = [];
  for (const path of names.map((name) => join(within, name)).filter(isUnpackedFolder)) {
    const stats = await stat(path).catch(() => null);
    if (!stats?.isDirectory() || Date.now() - stats.mtimeMs < AGE_MS) continue;
    if (owner === null || (await ownerOfUnpacked(path)) === owner) old.push(path);
  }
  if (old.length === 0) return;
  const kept = new Set(await needed(old));
  await removeUnpackedFolders(old.filter((path) => !kept.has(path)));
}
