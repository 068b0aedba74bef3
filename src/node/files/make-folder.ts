import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FaceTriggerError } from '../../core/errors.ts';
import { whyNotWritten } from './why-not-written.ts';
import { writeFailureCode } from './write-failure.ts';

/**
 * Makes a folder and those that it lies in, where they are missing.
 *
 * @throws FaceTriggerError `ERR_DISK_FULL`, `ERR_UNAVAILABLE` for a read-only disk, `ERR_FILE_WRITE`
 * @remarks `mkdir` with `recursive` never returns where a file system refuses to hold folders (`/proc/x`, Node 20).
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await make(path);
  } catch (cause) {
    const message = `Could not make the folder ${path}: ${whyNotWritten(cause)}`;
    throw new FaceTriggerError(writeFailureCode(cause), message, { cause });
  }
}

async function make(path: string): Promise<void> {
  const stats = await stat(path).catch(() => null);
  if (stats?.isDirectory()) return;
  const parent = dirname(path);
  if (parent !== path) await make(parent);
  try {
    await mkdir(path);
  } catch (cause) {
    // Another process may have made it meanwhile.
    if (!(await stat(path).catch(() => null))?.isDirectory()) throw cause;
  }
}
