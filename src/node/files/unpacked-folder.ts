import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** How folders of unpacked archives are called: nothing else is ever removed for what a job says. */
const NAME = /^face-trigger-unpacked-[0-9a-f-]{36}$/;
/** In such a folder: what its job belongs to. No photo has a name that begins with a dot. */
const OWNER_FILE = '.owner';

/**
 * Makes a folder for what is unpacked, which only its owner may read.
 *
 * @param owner - whose it is, where several share the folder that it is in
 */
export async function makeUnpackedFolder(within: string, owner: string | null): Promise<string> {
  const folder = join(within, `face-trigger-unpacked-${crypto.randomUUID()}`);
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o700);
  if (owner !== null) await writeFile(join(folder, OWNER_FILE), owner);
  return folder;
}

/** Whether a path is one of {@link makeUnpackedFolder}, by its name. */
export function isUnpackedFolder(path: unknown): path is string {
  return typeof path === 'string' && NAME.test(basename(path));
}

/** Whose a folder is; `null`: it does not say. */
export async function ownerOfUnpacked(folder: string): Promise<string | null> {
  return readFile(join(folder, OWNER_FILE), 'utf8').catch(() => null);
}

/** Removes such folders, and nothing else, where they are on this machine. */
export async function removeUnpackedFolders(paths: readonly unknown[]): Promise<void> {
  for (const path of paths) if (isUnpackedFolder(path)) await rm(path, { recursive: true, force: true });
}
