import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CONVERTER_VERSION,
  convertModel,
  inspectModel,
  SOURCE_HASH_KEY,
  sha256,
} from '../../convert/convert-model.ts';
import { FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import type { OpenedPart } from '../../models/adapters.ts';
import { assertCommercial } from '../../models/licence-terms.ts';
import { loadPart } from '../../models/load-part.ts';
import {
  MODEL_PRECISIONS,
  type ModelKind,
  type ModelPart,
  type ModelPrecision,
} from '../../models/model-pack.ts';
import type { ModelSource } from '../../models/model-source.ts';
import { readModelInfo } from '../../onnx/read-model-info.ts';
import { writeFileAtomic } from '../files/atomic-write.ts';
import { makeFolder } from '../files/make-folder.ts';
import { userCacheFolder } from '../files/user-cache-folder.ts';
import { modelSource } from './folder-source.ts';
import { DEFAULT_PACK } from './pack-folders.ts';
import { readPack } from './read-pack.ts';
import { readModelFile } from './read-part.ts';

/** Which model is wanted. */
export interface ModelChoice {
  /** A pack, by its name, the path of its folder, or what gives it. @defaultValue `dlib` */
  readonly models?: string | ModelSource | undefined;
  /** A single file instead: a dlib .dat file, or one that `models convert` wrote. */
  readonly modelPath?: string | undefined;
  /** Of the pack's model. @defaultValue 'fp32' */
  readonly precision?: ModelPrecision | undefined;
  /** Refuse models whose license does not allow commercial use, or is not known. @defaultValue false */
  readonly commercial?: boolean | undefined;
}

/**
 * Loads a model of a pack, or a user's own.
 *
 * @param kind - what is wanted
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH` if it is of another kind,
 * `ERR_MODEL_LICENCE`, or `ERR_INVALID_ARGUMENT` if a precision is wanted of a user's own model
 */
export async function loadModel(kind: ModelKind, choice: ModelChoice = {}): Promise<OpenedPart> {
  const { modelPath, precision = 'fp32', models, commercial = false } = choice;
  if (!MODEL_PRECISIONS.includes(precision))
    throw invalidArgument("'fp32' or 'int8'", 'options.precision', precision);
  if (modelPath !== undefined && precision !== 'fp32') {
    const message = `Only the package's own ${kind} model has a quantized version: leave ${modelPath} or int8 out`;
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', message);
  }
  if (modelPath === undefined) return loadPart(modelSource(models, { commercial }), kind, precision);
  const model = await loadFile(kind, modelPath);
  if (commercial) assertCommercial(model.part);
  return model;
}

async function loadFile(kind: ModelKind, path: string): Promise<OpenedPart> {
  const model = await readOwnFile(path);
  if (model.kind !== kind) {
    const message = `Expected a ${kind} model but received a ${model.kind} model from ${path}`;
    throw new FaceTriggerError('ERR_MODEL_MISMATCH', message);
  }
  return {
    part: await describe(model),
    bytes: model.bytes,
    async readAgain() {
      const again = await readOwnFile(path);
      if (again.identity === model.identity) return again.bytes;
      throw new FaceTriggerError('ERR_MODEL_MISMATCH', 'The file of the network is no longer the one loaded');
    },
  };
}

interface OwnFile {
  readonly kind: ModelKind;
  readonly identity: string;
  readonly bytes: Uint8Array;
}

async function readOwnFile(path: string): Promise<OwnFile> {
  const bytes = await readModelFile(path);
  if (path.toLowerCase().endsWith('.dat')) return loadConverted(bytes);
  const kind = inspectModel(bytes);
  const source = kind === 'landmarks' ? undefined : readModelInfo(bytes).metadata.get(SOURCE_HASH_KEY);
  const identity = source !== undefined && /^[0-9a-f]{64}$/.test(source) ? source : sha256(bytes);
  return { kind, identity, bytes };
}

async function loadConverted(source: Uint8Array): Promise<OwnFile> {
  const identity = sha256(source);
  const folder = join(userCacheFolder(), 'models');
  const path = join(folder, `${identity}-v${CONVERTER_VERSION}.model`);
  const cached = await readFile(path).then(checkedContent, () => null);
  if (cached !== null) return { kind: inspectModel(cached), identity, bytes: cached };
  const { kind, bytes } = convertModel(source);
  await makeFolder(folder)
    .then(() => writeFileAtomic(path, withChecksum(bytes)))
    .catch(() => undefined); // a home that cannot be written costs a conversion each time, nothing else
  return { kind, identity, bytes };
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

/** A user's own file: one of the package's, or a stranger of the same family, of whose lengths nothing is known. */
async function describe({ kind, identity, bytes }: OwnFile): Promise<ModelPart> {
  const { pack } = await readPack(DEFAULT_PACK);
  const known = pack.parts.find((part) => part.kind === kind && part.identity === identity);
  if (known) return known;
  const relative = pack.parts.find((part) => part.kind === kind)!;
  const own = {
    id: `custom-${identity.slice(0, 12)}`,
    identity,
    bytes: bytes.length,
    sha256: sha256(bytes),
    licence: { code: 'unknown', weights: 'unknown', data: 'unknown' },
  };
  if (relative.kind !== 'embedder') return { ...relative, ...own };
  // Its embeddings are taken for as long as its relative's, which says what distances mean, and are left as they are.
  const rule = relative.facts.lengthRule;
  const lengthRule = rule && { ...rule, applies: 'never' as const };
  return { ...relative, ...own, facts: { ...relative.facts, lengthRule } };
}
