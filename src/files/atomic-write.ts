import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FaceTriggerError } from '../errors.ts';
import { whyNotWritten } from './why-not-written.ts';

/**
 * Writes a file so that a reader, or a machine that loses power, sees either the old content or the new one.
 *
 * @param path - where the file goes; its folder must exist; an existing file is replaced
 * @param data - the bytes; text is written as UTF-8
 * @throws FaceTriggerError `ERR_FILE_WRITE`; no temporary file is left behind
 * @remarks Writes a temporary file beside the target, flushes it to the disk, renames it over the target and
 * flushes the folder. An existing symbolic link is replaced by a plain file; permissions come from the umask.
 */
export async function writeFileAtomic(path: string, data: Uint8Array | string): Promise<void> {
  const folder = dirname(path);
  // The name is cut so that a target whose name is as long as the file system allows can still be written.
  const temporary = join(folder, `.${basename(path).slice(0, 40)}.${randomUUID()}.tmp`);
  try {
    await writeFlushed(temporary, data);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new FaceTriggerError('ERR_FILE_WRITE', `Could not write ${path}: ${whyNotWritten(cause)}`, {
      cause,
    });
  }
  await flushFolder(folder);
}

async function writeFlushed(path: string, data: Uint8Array | string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

// Makes the rename itself durable. Windows cannot open folders and some network file systems cannot flush them;
// the file is complete either way, so a failure here is not the caller's.
async function flushFolder(path: string): Promise<void> {
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
