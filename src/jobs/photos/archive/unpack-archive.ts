import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { FaceTriggerError } from '../../../core/errors.ts';
import { skipFile } from '../../../dataset/skip-file.ts';
import { type Skip, type SkippedFile, skipByFileName, skipByName } from '../../../dataset/skipped-file.ts';
import { writeFailure } from '../../../node/files/write-failure.ts';
import { DEFAULT_MAX_IMAGE_BYTES } from '../../../node/image/read-image.ts';
import { type ArchiveEntry, badArchive, type ReadArchive } from './archive-entry.ts';
import { readTar } from './read-tar.ts';
import { readZip } from './read-zip.ts';

/** What an archive may hold. */
export interface UnpackLimits {
  /** Bytes of all that is read of it. */
  readonly maxBytes: number;
  /** Entries of any kind. @defaultValue 1,000,000 */
  readonly maxEntries?: number | undefined;
  /** Bytes of one photo; a larger one is left out. @defaultValue `DEFAULT_MAX_IMAGE_BYTES` */
  readonly maxPhotoBytes?: number | undefined;
}

/** A photo of an archive, unpacked. */
export interface UnpackedPhoto {
  /** Its path in the archive, with `/`: no folder in it is `..`, and none is the file system's own. */
  readonly name: string;
  /** The file, whose name is ours. */
  readonly path: string;
}

const MOST_ENTRIES = 1_000_000;
/**
 * Photos hardly get smaller by packing; bitmaps do. What grows by more is made to fill a disk.
 */
const GROWTH = { most: 100, free: 100_000_000 } as const;
const KINDS: readonly (readonly [RegExp, ReadArchive])[] = [
  [/\.zip$/i, readZip],
  [/\.(tar|tar\.gz|tgz)$/i, readTar],
];

/** Whether a file's name says that it is an archive that can be read. */
export function isArchiveName(name: string): boolean {
  return KINDS.some(([pattern]) => pattern.test(name));
}

/**
 * Unpacks the pictures of an archive, which may be anybody's, into a folder, under names of our own.
 *
 * @param folder - exists and is empty, or has photos of other archives
 * @returns the pictures in the archive's order, and what was left out
 * @throws FaceTriggerError `ERR_FILE_FORMAT` for an archive that is damaged, that holds more than the limits, or whose
 * entries lead out of it; `ERR_DISK_FULL`, `ERR_FILE_WRITE`. What was unpacked by then is for the caller to remove
 */
export async function unpackArchive(
  archive: string,
  {
    folder,
    limits,
    signal,
  }: { readonly folder: string; readonly limits: UnpackLimits; readonly signal?: AbortSignal | undefined },
): Promise<{ readonly photos: readonly UnpackedPhoto[]; readonly skipped: readonly SkippedFile[] }> {
  const read = KINDS.find(([pattern]) => pattern.test(archive))![1];
  const { size } = await stat(archive).catch((cause: NodeJS.ErrnoException) => {
    throw new FaceTriggerError('ERR_FILE_NOT_FOUND', `There is no file ${archive}`, { cause });
  });
  const { maxEntries = MOST_ENTRIES, maxPhotoBytes = DEFAULT_MAX_IMAGE_BYTES } = limits;
  const budget = new Budget(archive, Math.min(limits.maxBytes, GROWTH.free + GROWTH.most * size));
  const photos: UnpackedPhoto[] = [];
  const skipped: SkippedFile[] = [];
  let entries = 0;
  const onEntry = async (entry: ArchiveEntry): Promise<void> => {
    if (++entries > maxEntries) throw badArchive(archive, `it has more than ${maxEntries} entries`);
    const name = safeName(archive, entry.name);
    if (entry.kind === 'folder') return;
    const path = join(folder, `${crypto.randomUUID()}${safeExtension(name)}`);
    const skip = skipByEntry(name, entry) ?? (await write(entry, path, { budget, maxPhotoBytes, archive }));
    if (skip) skipped.push({ path: `${archive}:${name}`, ...skip });
    else photos.push({ name, path });
  };
  await read(archive, onEntry, signal);
  return { photos, skipped };
}

/** What may still be read of an archive: what its entries say of their sizes may be a lie. */
class Budget {
  readonly #archive: string;
  readonly #most: number;
  #left: number;

  constructor(archive: string, bytes: number) {
    this.#archive = archive;
    this.#most = bytes;
    this.#left = bytes;
  }

  take(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0)
      throw badArchive(
        this.#archive,
        `it holds more than ${this.#most} bytes, which is too much for its size or the limit`,
      );
  }
}

/** @throws FaceTriggerError `ERR_FILE_FORMAT` for a name that leads out of the archive */
function safeName(archive: string, given: string): string {
  const name = given.replaceAll('\\', '/');
  const parts = name.split('/');
  if (name.startsWith('/') || /^[a-z]:/i.test(name) || parts.includes('..') || name.includes('\0'))
    throw badArchive(archive, 'an entry of it leads out of it, as no honest program writes');
  return parts.filter((part) => part !== '' && part !== '.').join('/');
}

function safeExtension(name: string): string {
  const extension = extname(name).toLowerCase();
  return /^\.[a-z0-9]{1,8}$/.test(extension) ? extension : '';
}

function skipByEntry(name: string, { kind, isReadable }: ArchiveEntry): Skip | null {
  const parts = name.split('/');
  const file = parts.pop()!;
  for (const folder of parts) {
    const skip = skipByName(folder, 'folder');
    if (skip) return skip;
  }
  const skip = skipByFileName(file);
  if (skip !== null && skip !== 'unknown') return skip;
  if (kind === 'other') return { reason: 'unreadable', message: 'a link or device in an archive' };
  if (!isReadable)
    return {
      reason: 'unreadable',
      message: 'a photo that is encrypted in the archive, or packed in an unknown way',
    };
  return null;
}

/** @returns why the file is left out; `null`: it is there */
async function write(
  entry: ArchiveEntry,
  path: string,
  {
    budget,
    maxPhotoBytes,
    archive,
  }: { readonly budget: Budget; readonly maxPhotoBytes: number; readonly archive: string },
): Promise<Skip | null> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx', 0o600);
  } catch (cause) {
    throw writeFailure(path, cause);
  }
  let length = 0;
  try {
    for await (const chunk of await opened(entry, archive)) {
      budget.take(chunk.length);
      length += chunk.length;
      // Read on to count: only what is kept is written.
      if (length <= maxPhotoBytes) await file.write(chunk).catch((cause: Error) => failWrite(path, cause));
    }
  } catch (cause) {
    if (cause instanceof FaceTriggerError) throw cause;
    throw badArchive(archive, (cause as Error).message, cause);
  } finally {
    await file.close();
  }
  const skip =
    length > maxPhotoBytes
      ? ({ reason: 'unsupported', message: `a photo of more than ${maxPhotoBytes} bytes` } as const)
      : await skipFile(entry.name.split(/[/\\]/).pop()!, path);
  if (skip) await rm(path, { force: true });
  return skip;
}

async function opened(entry: ArchiveEntry, archive: string): Promise<AsyncIterable<Uint8Array>> {
  return entry.open().catch((cause: Error) => {
    throw badArchive(archive, cause.message, cause);
  });
}

function failWrite(path: string, cause: Error): never {
  throw writeFailure(path, cause);
}
