import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { renameFile } from './rename-file.ts';
import { writeFailure } from './write-failure.ts';

/** For what holds biometric data, names or pictures of faces: only its owner may read it. */
export const PRIVATE_FILE_MODE = 0o600;

/**
 * Writes a file so that a reader, or a machine that loses power, sees either the old content or the new one.
 *
 * @param path - where the file goes; its folder must exist; an existing file is replaced
 * @param data - the bytes; text is written as UTF-8
 * @param options.mode - permissions of the file. @defaultValue from the umask
 * @throws FaceTriggerError `ERR_DISK_FULL`, `ERR_UNAVAILABLE` for a read-only disk, `ERR_FILE_WRITE`; no temporary
 * file is left behind
 * @remarks Writes a temporary file beside the target, flushes it to the disk, renames it over the target and
 * flushes the folder. An existing symbolic link is replaced by a plain file.
 */
export async function writeFileAtomic(
  path: string,
  data: Uint8Array | string,
  { mode = 0o666 }: { readonly mode?: number | undefined } = {},
): Promise<void> {
  const folder = dirname(path);
  // The name is cut so that a target whose name is as long as the file system allows can still be written.
  const temporary = join(folder, `.${basename(path).slice(0, 40)}.${randomUUID()}.tmp`);
  try {
    await writeFlushed(temporary, data, mode);
    await renameFile(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeFailure(path, cause);
  }
  await flushFolder(folder);
}

async function writeFlushed(path: string, data: Uint8Array | string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Makes the renames in a folder durable.
 *
 * @remarks Windows cannot open folders and some network file systems cannot flush them; the files are complete either
 * way, so a failure here is not the caller's.
 */
export async function flushFolder(path: string): Promise<void> {
  let folder: FileHandle | undefined;
  try {
    folder = await open(path, 'r');
    await folder.sync();
  } catch {
    // Not possible here: see above.
  } finally {
    await folder?.close().catch(() => undefined);
  }
}
