import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { FaceTriggerError } from '../errors.ts';
import { prepareOutputFile } from '../files/prepare-output-file.ts';
import { writeFailure } from '../files/write-failure.ts';
import type { Gallery, ImportResult } from './gallery.ts';

/**
 * Writes a gallery into a file of JSON lines that any program can read.
 *
 * @param path - where the file goes; an existing file is replaced, and only when the new one is complete
 * @returns how many records were written
 * @throws FaceTriggerError `ERR_FILE_WRITE`
 * @remarks The file holds names and biometric data in the clear; only its owner may read it.
 */
export async function exportGallery(gallery: Gallery, path: string): Promise<number> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  let records = 0;
  await prepareOutputFile(path);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      for await (const record of gallery.export()) {
        await file.write(`${JSON.stringify(record)}\n`);
        records++;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeFailure(path, cause);
  }
  return records;
}

/**
 * Reads a file of {@link exportGallery} into a gallery. What is there already is skipped.
 *
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`, `ERR_FILE_FORMAT` with the line that is wrong,
 * `ERR_MODEL_MISMATCH` for faces of another embedder
 */
export async function importGallery(gallery: Gallery, path: string): Promise<ImportResult> {
  return gallery.import(readRecords(path));
}

async function* readRecords(path: string): AsyncGenerator<unknown> {
  const input = createReadStream(path, 'utf8');
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  let number = 0;
  try {
    for await (const line of lines) {
      number++;
      if (line.trim() === '') continue;
      try {
        yield JSON.parse(line);
      } catch (cause) {
        if (!(cause instanceof SyntaxError)) throw cause;
        throw new FaceTriggerError('ERR_FILE_FORMAT', `Line ${number} of ${path} is not JSON`, { cause });
      }
    }
  } catch (cause) {
    if (cause instanceof FaceTriggerError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'ERR_FILE_NOT_FOUND' : 'ERR_FILE_READ';
    throw new FaceTriggerError(code, `Could not read ${path}: ${(cause as Error).message}`, { cause });
  } finally {
    input.destroy();
  }
}
