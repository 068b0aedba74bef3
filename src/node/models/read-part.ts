import { join } from 'node:path';
import { sha256 } from '../../convert/convert-model.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import type { ModelPart } from '../../models/model-pack.ts';
import { readFileWithin } from '../files/read-file-within.ts';

/** Largest model file that is read, in bytes. */
export const MAX_MODEL_BYTES = 512 * 1024 * 1024;

/**
 * Reads a file of a pack and checks it against the description.
 *
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT` if the bytes are not those described
 */
export async function readPart(part: ModelPart, folder: string): Promise<Uint8Array> {
  const path = join(folder, part.file);
  const bytes = await readModelFile(path);
  if (sha256(bytes) === part.sha256) return bytes;
  throw new FaceTriggerError('ERR_MODEL_FORMAT', `${path} is damaged: its SHA-256 is not the one described`);
}

/**
 * @param maxBytes - largest file that is read. @defaultValue {@link MAX_MODEL_BYTES}
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT` for a file that is too large or no file
 */
export async function readModelFile(path: string, maxBytes = MAX_MODEL_BYTES): Promise<Uint8Array> {
  return readFileWithin(path, {
    maxBytes,
    missing: 'ERR_MODEL_NOT_FOUND',
    unfit: 'ERR_MODEL_FORMAT',
  });
}
