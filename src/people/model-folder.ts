import { randomUUID } from 'node:crypto';
import { chmod, readdir, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { EmbedderIdentity, LengthRule } from '../core/embed/embedder-profile.ts';
import type { EmbeddingRecipe } from '../core/embed/embedding-quality.ts';
import { expectation, FaceTriggerError } from '../core/errors.ts';
import type { MetricName } from '../core/metric/metric.ts';
import type { ThresholdRecommendation } from '../evaluate/recommend-threshold.ts';
import type { MetricReport } from '../extras/metric-learning/learn-metric.ts';
import type { LedgerEntry } from '../models/licence-ledger.ts';
import { PRIVATE_FILE_MODE, writeFileAtomic } from '../node/files/atomic-write.ts';
import { localPath } from '../node/files/local-path.ts';
import { makeFolder } from '../node/files/make-folder.ts';
import { pathKind } from '../node/files/path-kind.ts';
import { readFileWithin } from '../node/files/read-file-within.ts';
import { renameFile } from '../node/files/rename-file.ts';
import { writeFailure } from '../node/files/write-failure.ts';
import type { FaceRecognizer } from './face-recognizer.ts';

/** Files of a model folder. */
export const MODEL_FOLDER_FILES = {
  classifier: 'classifier.onnx',
  labels: 'labels.json',
  description: 'model.json',
  /** Only where a metric was learned. */
  head: 'head.onnx',
} as const;

/** What `model.json` says. */
export interface ModelDescription {
  readonly format: 'face-trigger-model';
  readonly version: 1;
  /** Version of face-trigger that wrote it. */
  readonly createdBy: string;
  readonly embedder: EmbedderIdentity & {
    readonly dimension: number;
    /** How the embedder measures distances. Absent: 'euclidean'. */
    readonly metric?: MetricName | undefined;
    /** The length that `averaging.evenLength` brought embeddings to. Absent: made before it was kept. */
    readonly lengthRule?: LengthRule | null | undefined;
  };
  readonly classifier: {
    readonly kind: string;
    readonly C: number | null;
    /** How its distances, and `thresholds.maxDistance`, are measured. Absent: as the embedder's. */
    readonly metric?: MetricName | undefined;
  };
  /** The people in the order of `labels.json`, and how many photos each was learned from. */
  readonly people: readonly { readonly label: string; readonly photos: number }[];
  /** How faces were looked for; null: the detector's default. */
  readonly detection: { readonly minFaceSize: number | null; readonly minScore: number | null };
  /** How a face became an embedding: to be done alike in recognition. Absent: as in quality 'fast'. */
  readonly averaging?:
    | (Omit<EmbeddingRecipe, 'evenLength'> & Partial<Pick<EmbeddingRecipe, 'evenLength'>>)
    | undefined;
  /** How metric learning went, where it was asked for. */
  readonly metric?: MetricReport | undefined;
  /** Whether `head.onnx` stands in place of the network's last layer. @defaultValue false */
  readonly head?: boolean | undefined;
  /** What is known of the licenses of the models that it was made with. Absent: an older version made it. */
  readonly ledger?: readonly LedgerEntry[] | undefined;
  /** Limits that a pipeline uses unless told otherwise. */
  readonly thresholds: { readonly maxDistance: number; readonly minProbability: number };
  /** How `thresholds.maxDistance` was chosen, where a target error was given; absent otherwise. */
  readonly thresholdBasis?: ThresholdRecommendation | undefined;
}

/** What a model folder is made of. */
export interface ModelFolderContent {
  /** A trained {@link FaceRecognizer}: its classifier and label map are saved. */
  readonly recognizer: Pick<FaceRecognizer, 'save' | 'saveLabelMapping'> &
    Partial<Pick<FaceRecognizer, 'saveHead'>>;
  readonly description: ModelDescription;
}

const MAX_DESCRIPTION_BYTES = 64 * 1024 * 1024;

/**
 * Writes a model folder: all of it, or nothing.
 *
 * @param path - does not exist, or is empty, or is a model folder, which is then replaced
 * @throws FaceTriggerError `ERR_FILE_WRITE`, also for a folder that holds anything else
 */
export async function writeModelFolder(path: string, content: ModelFolderContent): Promise<void> {
  await assertReplaceable(path);
  // Behind a link the folder itself is replaced, not the link.
  const target = await realpath(path).catch(() => resolve(path));
  const made = join(dirname(target), `.${basename(target).slice(0, 40)}.${randomUUID()}.tmp`);
  try {
    await makeFolder(made);
    // Classifiers hold people's embeddings and the label map their names.
    await chmod(made, 0o700);
    await content.recognizer.save(join(made, MODEL_FOLDER_FILES.classifier));
    await content.recognizer.saveLabelMapping(join(made, MODEL_FOLDER_FILES.labels));
    if (content.description.head) await content.recognizer.saveHead?.(join(made, MODEL_FOLDER_FILES.head));
    const text = `${JSON.stringify(content.description, null, 2)}\n`;
    await writeFileAtomic(join(made, MODEL_FOLDER_FILES.description), text, { mode: PRIVATE_FILE_MODE });
    await swap(made, target);
  } catch (cause) {
    throw writeFailure(path, cause);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

/**
 * Checks that {@link writeModelFolder} may write to a place, before the work that leads there is done.
 *
 * @throws FaceTriggerError `ERR_FILE_WRITE` if something else than a model folder is there
 */
export async function assertReplaceable(path: string): Promise<void> {
  const stats = await stat(path).catch(() => null);
  if (stats === null) return;
  const known: readonly string[] = Object.values(MODEL_FOLDER_FILES);
  const names = stats.isDirectory() ? await readdir(path) : null;
  if (names?.length === 0) return;
  if (names?.includes(MODEL_FOLDER_FILES.description) && names.every((name) => known.includes(name))) {
    // The name alone proves nothing: other programs write a model.json too.
    const ours = await readModelDescription(path).catch(() => null);
    if (ours !== null) return;
  }
  const found = names === null ? 'a file' : 'a folder with other files in it';
  throw new FaceTriggerError(
    'ERR_FILE_WRITE',
    `${path} is ${found}, not a face-trigger model folder, and will not be replaced: choose another place`,
  );
}

/**
 * Reads `model.json` of a model folder.
 *
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`
 */
export async function readModelDescription(name: string): Promise<ModelDescription> {
  const folder = localPath(name);
  const path = join(folder, MODEL_FOLDER_FILES.description);
  const bytes = await readFileWithin(path, {
    maxBytes: MAX_DESCRIPTION_BYTES,
    missing: 'ERR_MODEL_NOT_FOUND',
    unfit: 'ERR_MODEL_FORMAT',
  }).catch(async (cause) => {
    if (cause instanceof FaceTriggerError && cause.code === 'ERR_INVALID_ARGUMENT') throw cause;
    throw await noModel(folder, cause);
  });
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new FaceTriggerError('ERR_MODEL_FORMAT', `${path} is not JSON`, { cause });
  }
  if (isDescription(value)) return value;
  const expected = 'the description of a face-trigger model, version 1';
  throw new FaceTriggerError('ERR_MODEL_FORMAT', expectation(expected, path, value));
}

/** Says what is there instead, and what would be right. */
async function noModel(folder: string, cause: unknown): Promise<unknown> {
  const kind = await pathKind(folder);
  if (kind === 'model folder') return cause;
  if (kind === 'nothing' || kind === 'folder') {
    const where = kind === 'nothing' ? `There is no folder ${folder}` : `There is no model in ${folder}`;
    const message = `${where}: expected one that "face-trigger train" or "face-trigger gallery train" wrote`;
    return new FaceTriggerError('ERR_MODEL_NOT_FOUND', message, { cause });
  }
  const found: Partial<Record<typeof kind, string>> = {
    gallery:
      'is a gallery, not a model folder: give it as the gallery (--gallery), or make a model of its people ' +
      '("face-trigger gallery train")',
    'exported gallery': 'is an exported gallery: take it into one first (face-trigger gallery import)',
    picture: 'is a picture, not a model folder',
  };
  if (kind === 'file' && (await pathKind(dirname(folder))) === 'model folder') {
    const message = `${folder} is a file of a model: give the folder that it lies in, ${dirname(folder)}`;
    return new FaceTriggerError('ERR_MODEL_FORMAT', message, { cause });
  }
  const message = `${folder} ${found[kind] ?? 'is a file, not a folder that "face-trigger train" wrote'}`;
  return new FaceTriggerError('ERR_MODEL_FORMAT', message, { cause });
}

function isDescription(value: unknown): value is ModelDescription {
  const model = value as ModelDescription | null;
  return (
    model?.format === 'face-trigger-model' &&
    model.version === 1 &&
    typeof model.embedder?.id === 'string' &&
    typeof model.embedder.sha256 === 'string' &&
    Array.isArray(model.people) &&
    isSizeOrNull(model.detection?.minFaceSize) &&
    isSizeOrNull(model.detection?.minScore) &&
    isAveragingOrAbsent(model.averaging) &&
    Number.isFinite(model.thresholds?.maxDistance) &&
    Number.isFinite(model.thresholds?.minProbability)
  );
}

function isAveragingOrAbsent(value: ModelDescription['averaging']): boolean {
  return value === undefined || (typeof value?.mirror === 'boolean' && Number.isInteger(value.jitter));
}

function isSizeOrNull(value: unknown): boolean {
  return value === null || Number.isFinite(value);
}

// A rename cannot replace a folder that has files in it: for a moment the old one stands aside.
async function swap(made: string, target: string): Promise<void> {
  const aside = `${made}.old`;
  const hadOld = await renameFile(target, aside).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
  try {
    await renameFile(made, target);
  } catch (error) {
    if (hadOld) await renameFile(aside, target);
    throw error;
  }
  if (hadOld) await rm(aside, { recursive: true, force: true });
}
