import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { EmbedderDistances } from '../core/embed/distance-facts.ts';
import { FaceTriggerError } from '../core/errors.ts';
import type { MetricName } from '../core/metric/metric.ts';
import type { LedgerEntry } from '../models/licence-ledger.ts';
import { localPath } from '../node/files/local-path.ts';
import { pathOnDisk } from '../node/files/path-on-disk.ts';
import { readLines } from '../node/files/read-lines.ts';
import { renameFile } from '../node/files/rename-file.ts';
import { writeFailure } from '../node/files/write-failure.ts';
import type { Gallery } from './gallery.ts';
import type { GalleryPack } from './gallery-pack.ts';
import { checkRecord } from './gallery-record.ts';
import type { GalleryEmbedder, ImportResult } from './gallery-types.ts';

/** What an exported gallery is made for. */
export interface GalleryFileHeader {
  readonly embedder: GalleryEmbedder;
  readonly metric: MetricName;
  /** What its distances mean, where the gallery knew. */
  readonly distances?: EmbedderDistances | undefined;
  /** What is known of the licenses of its models, where the gallery knew. */
  readonly ledger?: readonly LedgerEntry[] | undefined;
  /** The models that its faces are found and embedded with, where the gallery knew. */
  readonly pack?: GalleryPack | undefined;
}

/** Options of {@link exportGallery}. */
export interface ExportGalleryOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after each record. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Options of {@link importGallery}. */
export interface ImportGalleryOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called as records are taken in. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Longest line in bytes: a face with its largest picture takes 1.5 million. */
const MAX_LINE_BYTES = 16 * 2 ** 20;

/**
 * Writes a gallery into a file of JSON lines that any program can read.
 *
 * @param path - where the file goes; an existing file is replaced, and only when the new one is complete
 * @returns how many records were written
 * @throws FaceTriggerError `ERR_FILE_WRITE`, `ERR_DISK_FULL`, `ERR_ABORTED`; no part of the file stays then
 * @remarks The file holds names and biometric data in the clear; only its owner may read it.
 */
export async function exportGallery(
  gallery: Pick<Gallery, 'export'>,
  path: string,
  options: ExportGalleryOptions = {},
): Promise<number> {
  const { signal, onProgress } = options;
  const temporary = `${path}.${randomUUID()}.tmp`;
  let records = 0;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      for await (const record of gallery.export()) {
        if (signal?.aborted) {
          throw new FaceTriggerError('ERR_ABORTED', 'The export was stopped', { cause: signal.reason });
        }
        await file.write(`${JSON.stringify(record)}\n`);
        records++;
        onProgress?.(records);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await renameFile(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeFailure(path, cause);
  }
  return records;
}

/**
 * Reads a file of {@link exportGallery} into a gallery. What is there already is skipped.
 *
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`, and with the line that is wrong `ERR_FILE_FORMAT`,
 * `ERR_INVALID_ARGUMENT`, `ERR_SHAPE_MISMATCH` and `ERR_MODEL_MISMATCH` for faces of another embedder: nothing is
 * taken in then. `ERR_ABORTED` and what a store may fail with (`ERR_DISK_FULL`, `ERR_BUSY`) may leave a part;
 * importing the same file again takes in the rest
 * @remarks Reads the file twice: the first time only to check it.
 */
export async function importGallery(
  gallery: Gallery,
  path: string,
  options: ImportGalleryOptions = {},
): Promise<ImportResult> {
  const { signal, onProgress } = options;
  const total = await checkGalleryFile(path, gallery);
  let done = 0;
  const records = async function* (): AsyncGenerator<unknown, void, void> {
    for await (const { record } of readRecords(path)) {
      if (signal?.aborted) throw stopped(done, total, 'ERR_ABORTED', 'The import was stopped', signal.reason);
      yield record;
      done++;
      onProgress?.(done, total);
    }
  };
  try {
    return await gallery.import(records());
  } catch (cause) {
    if (!(cause instanceof FaceTriggerError) || cause.code === 'ERR_ABORTED') throw cause;
    throw stopped(done, total, cause.code, cause.message, cause);
  }
}

/**
 * Checks a whole exported gallery, and takes in nothing.
 *
 * @param expected - the gallery that it is for
 * @returns how many records it has
 * @throws FaceTriggerError as {@link importGallery}, with the line that is wrong
 */
export async function checkGalleryFile(path: string, expected: GalleryFileHeader): Promise<number> {
  let records = 0;
  for await (const { line, record } of readRecords(path)) {
    try {
      checkRecord(record, expected);
    } catch (cause) {
      if (!(cause instanceof FaceTriggerError)) throw cause;
      const message = `Line ${line} of ${path}: ${cause.message}. Nothing was imported`;
      throw new FaceTriggerError(cause.code, message, { cause });
    }
    records++;
  }
  return records;
}

/** What a file's first record says that it is made for. @throws FaceTriggerError `ERR_FILE_FORMAT` for other files */
export async function readGalleryFileHeader(path: string): Promise<GalleryFileHeader> {
  for await (const { record } of readRecords(path)) {
    const { type, embedder, metric, distances, ledger, pack } = checkRecord(
      record,
      null,
    ) as GalleryFileHeader & {
      readonly type: string;
    };
    if (type === 'gallery') return { embedder, metric, distances, ledger, pack };
    break;
  }
  throw new FaceTriggerError('ERR_FILE_FORMAT', `${path} does not begin as an exported gallery does`);
}

async function* readRecords(
  name: string,
): AsyncGenerator<{ readonly line: number; readonly record: unknown }, void, void> {
  const path = await pathOnDisk(localPath(name));
  for await (const { number: line, text } of readLines(path, { maxBytes: MAX_LINE_BYTES })) {
    if (text.trim() === '') continue;
    yield { line, record: parse(text, line, path) };
  }
}

function parse(text: string, line: number, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FaceTriggerError('ERR_FILE_FORMAT', `Line ${line} of ${path} is not JSON`, { cause });
  }
}

function stopped(
  done: number,
  total: number,
  code: FaceTriggerError['code'],
  message: string,
  cause: unknown,
): FaceTriggerError {
  const text = `${message}. At most ${done} of ${total} records were imported; importing again imports the rest`;
  return new FaceTriggerError(code, text, { cause });
}
