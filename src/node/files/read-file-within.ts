import { type FileHandle, open, stat } from 'node:fs/promises';
import { expectation, FaceTriggerError, type FaceTriggerErrorCode } from '../../core/errors.ts';
import { localPath } from './local-path.ts';
import { pathOnDisk } from './path-on-disk.ts';
import { whyNotRead } from './why-not-read.ts';

/** Options of {@link readFileWithin}. */
export interface ReadFileWithinOptions {
  /** Largest file that is read, in bytes. */
  readonly maxBytes: number;
  /** Code for a file that does not exist. @defaultValue 'ERR_FILE_NOT_FOUND' */
  readonly missing?: FaceTriggerErrorCode | undefined;
  /** Code for a file that is larger, or no regular file. @defaultValue 'ERR_FILE_FORMAT' */
  readonly unfit?: FaceTriggerErrorCode | undefined;
}

/**
 * Reads a whole file after looking at its size.
 *
 * @param name - a regular file, in any Unicode form of its name; pipes, devices and folders are refused
 * @throws FaceTriggerError the codes in the options, `ERR_FILE_READ` for everything else
 */
export async function readFileWithin(name: string, options: ReadFileWithinOptions): Promise<Uint8Array> {
  const path = await pathOnDisk(localPath(name));
  const { maxBytes, missing = 'ERR_FILE_NOT_FOUND', unfit = 'ERR_FILE_FORMAT' } = options;
  let file: FileHandle | undefined;
  try {
    // Looked at before it is opened: opening a pipe would wait for a writer.
    const stats = await stat(path);
    if (!stats.isFile()) {
      const found = stats.isDirectory() ? 'a folder' : 'a pipe, socket or device';
      throw new FaceTriggerError(unfit, `Expected a file but ${path} is ${found}`);
    }
    file = await open(path, 'r');
    const { size } = await file.stat();
    if (size > maxBytes) {
      throw new FaceTriggerError(unfit, expectation(`a file of at most ${maxBytes} bytes`, path, size));
    }
    return await file.readFile();
  } catch (cause) {
    if (cause instanceof FaceTriggerError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? missing : 'ERR_FILE_READ';
    throw new FaceTriggerError(code, `Could not read ${path}: ${whyNotRead(cause)}`, { cause });
  } finally {
    await file?.close();
  }
}
