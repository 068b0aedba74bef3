import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import { isKind } from '../../core/is-kind.ts';
import { throwIfAborted } from '../../core/throw-if-aborted.ts';
import { localPath } from '../files/local-path.ts';
import { pathOnDisk } from '../files/path-on-disk.ts';
import { whyNotRead } from '../files/why-not-read.ts';

/** A picture's file: its path, also as a `file:` address or URL, or its encoded bytes. */
export type ImageSource = string | URL | Uint8Array | ArrayBuffer | DataView;

/**
 * Loads the bytes of a picture from a path, or passes bytes through, within a limit that is checked before reading.
 *
 * @param source - of a regular file, or the bytes themselves, which are not copied
 * @param options.maxBytes - largest number of bytes
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ` (a folder, pipe or device, or no permission),
 * `ERR_IMAGE_TOO_LARGE`, `ERR_IMAGE_DECODE` (no bytes at all), `ERR_INVALID_ARGUMENT`, `ERR_ABORTED`
 */
export async function loadImageBytes(
  source: ImageSource,
  options: { readonly maxBytes: number; readonly signal?: AbortSignal | undefined },
): Promise<Uint8Array> {
  const bytes = bytesOf(source);
  if (bytes !== null) {
    checkLength(bytes.length, options.maxBytes, 'The image');
    return bytes;
  }
  const path = isKind(source, 'URL') ? source.href : source;
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw invalidArgument(
      'a path, a file: URL, or encoded bytes (Uint8Array, ArrayBuffer or DataView)',
      'source',
      source,
    );
  }
  return readRegularFile(path, options);
}

function bytesOf(source: unknown): Uint8Array | null {
  if (isKind(source, 'Uint8Array')) return source;
  if (isKind(source, 'ArrayBuffer')) return new Uint8Array(source);
  if (isKind(source, 'DataView')) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  return null;
}

async function readRegularFile(
  name: string,
  options: { readonly maxBytes: number; readonly signal?: AbortSignal | undefined },
): Promise<Uint8Array> {
  const path = await pathOnDisk(localPath(name));
  let file: FileHandle | undefined;
  try {
    // The first look keeps devices from being opened at all; the second one is about what was opened, in case
    // the file was exchanged in between. O_NONBLOCK keeps the opening of a pipe from waiting for its writer.
    checkFile(await stat(path), path, options.maxBytes);
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const size = checkFile(await file.stat(), path, options.maxBytes);
    return await readExactly(file, size, options.signal);
  } catch (cause) {
    throw fileError(cause, path);
  } finally {
    await file?.close();
  }
}

// Reads no more than the size that was checked, even if the file grows meanwhile.
async function readExactly(
  file: FileHandle,
  size: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    throwIfAborted(signal, 'Reading the image');
    const { bytesRead } = await file.read(bytes, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

function checkFile(stats: Awaited<ReturnType<typeof stat>>, path: string, maxBytes: number): number {
  if (!stats.isFile()) {
    const kind = stats.isDirectory() ? 'a folder' : 'a pipe, socket or device';
    throw new FaceTriggerError('ERR_FILE_READ', `Expected an image file but ${path} is ${kind}`);
  }
  const size = Number(stats.size);
  checkLength(size, maxBytes, path);
  return size;
}

function checkLength(length: number, maxBytes: number, name: string): void {
  if (length === 0) throw new FaceTriggerError('ERR_IMAGE_DECODE', `${name} is empty (0 bytes)`);
  if (length > maxBytes) {
    throw new FaceTriggerError(
      'ERR_IMAGE_TOO_LARGE',
      `${name} has ${length} bytes, more than the limit of ${maxBytes} (maxBytes)`,
    );
  }
}

function fileError(cause: unknown, path: string): unknown {
  if (cause instanceof FaceTriggerError) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new FaceTriggerError('ERR_FILE_NOT_FOUND', `There is no file ${path}`, { cause });
  }
  return new FaceTriggerError('ERR_FILE_READ', `Could not read ${path}: ${whyNotRead(cause)}`, { cause });
}
