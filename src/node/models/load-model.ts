import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CONVERTER_VERSION,
  convertModel,
  inspectModel,
  type ModelKind,
  SOURCE_HASH_KEY,
  sha256,
} from '../../convert/convert-model.ts';
import { FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import { readModelInfo } from '../../onnx/read-model-info.ts';
import { writeFileAtomic } from '../files/atomic-write.ts';
import { makeFolder } from '../files/make-folder.ts';
import { readFileWithin } from '../files/read-file-within.ts';
import { userCacheFolder } from '../files/user-cache-folder.ts';
import { type ManifestEntry, type ModelPrecision, modelsFolder, readManifest } from './manifest.ts';

/** Largest model file that is read, in bytes. */
export const MAX_MODEL_BYTES = 512 * 1024 * 1024;

export interface LoadedModel {
  readonly kind: ModelKind;
  /** Name of the model; a user's own is called after its hash. */
  readonly id: string;
  /** The identity that embeddings and classifiers refer to: SHA-256 of the weights' original file; see {@link ManifestEntry.identity}. */
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/**
 * Loads one of the package's models, or a user's own.
 *
 * @param kind - what is wanted
 * @param path - a dlib .dat file (converted, and kept in the cache folder by hash) or a file that
 * `face-trigger models convert` wrote. @defaultValue the package's own model
 * @param options.precision - of the package's own model. @defaultValue 'fp32'
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH` if it is of another kind,
 * or `ERR_INVALID_ARGUMENT` if bytes are wanted of a user's own model
 */
export async function loadModel(
  kind: ModelKind,
  path?: string,
  options: { readonly precision?: ModelPrecision | undefined } = {},
): Promise<LoadedModel> {
  const { precision = 'fp32' } = options;
  if (precision !== 'fp32' && precision !== 'int8')
    throw invalidArgument("'fp32' or 'int8'", 'options.precision', precision);
  if (path !== undefined && precision !== 'fp32') {
    const message = `Only the package's own ${kind} model has a version in bytes: leave ${path} or int8 out`;
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', message);
  }
  const model = path === undefined ? await loadOwn(kind, precision) : await loadFile(path);
  if (model.kind !== kind) {
    const message = `Expected a ${kind} model but received a ${model.kind} model from ${path}`;
    throw new FaceTriggerError('ERR_MODEL_MISMATCH', message);
  }
  return model;
}

/**
 * Reads a model of the package and checks it against the manifest.
 *
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT` if the bytes are not those of the manifest
 */
export async function readOwnModel(entry: ManifestEntry, folder = modelsFolder()): Promise<Uint8Array> {
  const path = join(folder, entry.file);
  const bytes = await readModelFile(path);
  if (sha256(bytes) !== entry.sha256) {
    throw new FaceTriggerError('ERR_MODEL_FORMAT', `${path} is damaged: its SHA-256 is not the manifest's`);
  }
  return bytes;
}

async function loadOwn(kind: ModelKind, precision: ModelPrecision): Promise<LoadedModel> {
  const { models } = await readManifest();
  const entry = models.find((model) => model.kind === kind && model.precision === precision);
  if (entry === undefined)
    throw new FaceTriggerError('ERR_MODEL_NOT_FOUND', `The package has no ${kind} model in ${precision}`);
  return { kind, id: entry.id, sha256: entry.identity, bytes: await readOwnModel(entry) };
}

async function loadFile(path: string): Promise<LoadedModel> {
  const bytes = await readModelFile(path);
  if (path.toLowerCase().endsWith('.dat')) return loadConverted(bytes);
  const kind = inspectModel(bytes);
  const source = kind === 'landmarks' ? undefined : readModelInfo(bytes).metadata.get(SOURCE_HASH_KEY);
  return named(kind, source !== undefined && /^[0-9a-f]{64}$/.test(source) ? source : sha256(bytes), bytes);
}

async function loadConverted(source: Uint8Array): Promise<LoadedModel> {
  const hash = sha256(source);
  const folder = join(userCacheFolder(), 'models');
  const path = join(folder, `${hash}-v${CONVERTER_VERSION}.model`);
  const cached = await readFile(path).then(checkedContent, () => null);
  if (cached !== null) return named(inspectModel(cached), hash, cached);
  const { kind, bytes } = convertModel(source);
  await makeFolder(folder)
    .then(() => writeFileAtomic(path, withChecksum(bytes)))
    .catch(() => undefined); // a home that cannot be written costs a conversion each time, nothing else
  return named(kind, hash, bytes);
}

const CHECKSUM_BYTES = 32;

/** A file of the cache: SHA-256 of the model, then the model. */
function withChecksum(model: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(sha256(model), 'hex'), model]);
}

/** The model in a file of the cache, or `null` if a byte of it is not as it was written. */
function checkedContent(file: Uint8Array): Uint8Array | null {
  const model = file.subarray(CHECKSUM_BYTES);
  return sha256(model) === Buffer.from(file.subarray(0, CHECKSUM_BYTES)).toString('hex') ? model : null;
}

async function named(kind: ModelKind, hash: string, bytes: Uint8Array): Promise<LoadedModel> {
  const { models } = await readManifest();
  const known = models.find((model) => model.kind === kind && model.identity === hash);
  return { kind, id: known?.id ?? `custom-${hash.slice(0, 12)}`, sha256: hash, bytes };
}

async function readModelFile(path: string): Promise<Uint8Array> {
  return readFileWithin(path, {
    maxBytes: MAX_MODEL_BYTES,
    missing: 'ERR_MODEL_NOT_FOUND',
    unfit: 'ERR_MODEL_FORMAT',
  });
}
