import type { EmbedderIdentity } from '../core/embed/embedder-profile.ts';
import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { metricOf } from '../core/metric/metric.ts';
import { throwIfAborted } from '../core/throw-if-aborted.ts';
import {
  CalibratedClassifier,
  type CalibratedClassifierOptions,
  DEFAULT_CALIBRATION_FOLDS,
} from './calibrated-classifier.ts';
import type { DistanceCalibration } from './distance-calibration.ts';
import { type EmbeddingMatrix, type Embeddings, toEmbeddingMatrix } from './embedding-matrix.ts';
import { type EncodedLabels, encodeLabels } from './encode-labels.ts';
import { exportNearest, exportSvm } from './export-onnx.ts';
import { type GridScore, searchC } from './grid-search.ts';
import { NearestClassifier, type NearestClassifierOptions } from './nearest-classifier.ts';
import { collectReferences, type ReferenceMode } from './person-references.ts';
import { requireSamples } from './stratified-splits.ts';

/** Options of {@link trainClassifier}. */
export interface TrainClassifierOptions extends NearestClassifierOptions {
  /**
   * 'svm' needs at least 2 people with 2 photos each; 'nearest' needs one photo; 'auto' takes 'svm' where there
   * are 2 to {@link AUTO_SVM_MAX_PEOPLE} people with at least {@link AUTO_SVM_MIN_PHOTOS} photos each.
   *
   * @defaultValue 'auto'
   */
  readonly kind?: 'auto' | 'svm' | 'nearest' | undefined;
  /**
   * C of the machine, or 'grid' to try `DEFAULT_C_GRID` (needs 3 photos of everybody).
   *
   * @defaultValue 'grid', or 1 where somebody has only 2 photos
   */
  readonly C?: number | 'grid' | undefined;
  /** @defaultValue null */
  readonly classWeight?: null | 'balanced' | undefined;
  /** Calibration folds. @defaultValue 5, or the photos of the person who has fewest */
  readonly folds?: number | undefined;
  /** The embedder that made the embeddings; written into the file, which then refuses every other one. */
  readonly embedder?: EmbedderIdentity | undefined;
  /** Called with the share that is done, 0 .. 1. */
  readonly onProgress?: ((done: number) => void) | undefined;
  /** Cancels between two fits. */
  readonly signal?: AbortSignal | undefined;
}

/** What {@link trainClassifier} made. */
export interface TrainedClassifier {
  /** Bytes of the classifier file. */
  readonly onnx: Uint8Array;
  readonly report: TrainingReport;
}

/** How a classifier came about. */
export interface TrainingReport {
  readonly kind: 'svm' | 'nearest';
  readonly dimension: number;
  readonly samples: number;
  /** Encoded labels, ascending. */
  readonly classes: readonly number[];
  /** Photos of each class. */
  readonly counts: readonly number[];
  /** What distances are measured to. */
  readonly references: ReferenceMode;
  /** C of the machine; `null` for 'nearest'. */
  readonly C: number | null;
  /** Scores of the grid; `null` where C was not searched. */
  readonly scores: readonly GridScore[] | null;
  /** How probabilities were calibrated. */
  readonly calibration: DistanceCalibration | { readonly method: 'sigmoid'; readonly folds: number };
  /** Whether every machine reached its optimum. */
  readonly converged: boolean;
}

/** More people than this go to 'nearest' by default: the grid's time grows with their square. */
export const AUTO_SVM_MAX_PEOPLE = 50;
/** Fewer photos of anybody than this and 'auto' takes 'nearest': one for each default calibration fold. */
export const AUTO_SVM_MIN_PHOTOS = DEFAULT_CALIBRATION_FOLDS;

/**
 * Learns to name people from embeddings of their faces.
 *
 * @param embeddings - n >= 1 embeddings of one dimension
 * @param labels - n encoded labels, integers >= 0
 * @returns the classifier as a file's bytes, for {@link OnnxClassifier.create}, and how it came about
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES` naming who has too few, `ERR_SHAPE_MISMATCH` and
 * `ERR_INVALID_ARGUMENT` for wrong arrays and options, `ERR_ABORTED`
 * @remarks The probabilities of an 'svm' sum to 1 over the known people, so a stranger's can be high for one of
 * them: limit `distances`, which both kinds of file give, to tell strangers. The file holds the embeddings.
 */
export async function trainClassifier(
  embeddings: Embeddings,
  labels: ArrayLike<number>,
  options: TrainClassifierOptions = {},
): Promise<TrainedClassifier> {
  const matrix = toEmbeddingMatrix(embeddings);
  const encoded = encodeLabels(labels, { count: matrix.rows });
  if (matrix.rows === 0)
    throw new FaceTriggerError('ERR_TOO_FEW_SAMPLES', 'There is no embedding to learn from');
  checkOptions(options);
  const samples = { matrix, encoded, labels };
  const kind = chooseKind(encoded, options.kind);
  const trained = kind === 'svm' ? await trainSvm(samples, options) : trainNearest(samples, options);
  options.onProgress?.(1);
  return trained;
}

interface Samples {
  readonly matrix: EmbeddingMatrix;
  readonly encoded: EncodedLabels;
  readonly labels: ArrayLike<number>;
}

function chooseKind(
  { classes, counts }: EncodedLabels,
  kind: TrainClassifierOptions['kind'],
): 'svm' | 'nearest' {
  if (kind === 'svm' || kind === 'nearest') return kind;
  const people = classes.length;
  const enough = counts.every((count) => count >= AUTO_SVM_MIN_PHOTOS);
  return people >= 2 && people <= AUTO_SVM_MAX_PEOPLE && enough ? 'svm' : 'nearest';
}

async function trainSvm(samples: Samples, options: TrainClassifierOptions): Promise<TrainedClassifier> {
  const { matrix, encoded, labels } = samples;
  const { classes, counts } = encoded;
  const { classWeight = null, seed = 0, mode = 'knn', metric = 'euclidean', onProgress, signal } = options;
  if (classes.length < 2) {
    throw new FaceTriggerError(
      'ERR_TOO_FEW_SAMPLES',
      `Kind 'svm' needs at least 2 people but all samples are of label ${classes[0]}; use kind 'nearest'`,
    );
  }
  requireSamples(classes, counts, options.folds ?? 2);
  const fewest = Math.min(...counts);
  const folds = options.folds ?? Math.min(DEFAULT_CALIBRATION_FOLDS, fewest);
  const machine = { classWeight, seed };

  let C = options.C ?? (fewest > 2 ? 'grid' : 1);
  let scores: readonly GridScore[] | null = null;
  if (C === 'grid') {
    requireSamples(classes, counts, 3);
    // A split takes at least one photo of everybody away, so the search may have to do with fewer folds.
    const searchFolds = Math.min(folds, Math.max(2, fewest - 1));
    const found = await searchC(matrix, labels, {
      ...machine,
      folds: searchFolds,
      splits: { seed, minTrain: searchFolds },
      ...(signal && { signal }),
      // The fit with the chosen C is one more of about twenty.
      onProgress: (done) => onProgress?.(done * 0.95),
    });
    C = found.C;
    scores = found.scores;
  }
  throwIfAborted(signal, 'The training');
  const classifierOptions: CalibratedClassifierOptions = { ...machine, C, folds };
  const classifier = new CalibratedClassifier(classifierOptions).fit(matrix, labels);
  const references = collectReferences(matrix, encoded, { mode, metric: metricOf(metric) });
  const { embedder } = options;
  return {
    onnx: exportSvm(classifier, { references, counts: [...counts], ...(embedder && { embedder }) }),
    report: {
      ...commonReport(samples, mode),
      kind: 'svm',
      C,
      scores,
      calibration: { method: 'sigmoid', folds },
      converged: classifier.members.every((member) => member.svm.converged),
    },
  };
}

function trainNearest(samples: Samples, options: TrainClassifierOptions): TrainedClassifier {
  const { matrix, encoded, labels } = samples;
  const { mode = 'knn', calibration = 'auto', seed = 0, metric, defaultCalibration, embedder } = options;
  const classifier = new NearestClassifier({
    ...{ mode, calibration, seed },
    ...(metric && { metric }),
    ...(defaultCalibration && { defaultCalibration }),
  }).fit(matrix, labels);
  return {
    onnx: exportNearest(classifier, { counts: [...encoded.counts], ...(embedder && { embedder }) }),
    report: {
      ...commonReport(samples, mode),
      kind: 'nearest',
      C: null,
      scores: null,
      calibration: classifier.calibration,
      converged: true,
    },
  };
}

function commonReport({ matrix, encoded }: Samples, references: ReferenceMode) {
  return {
    dimension: matrix.columns,
    samples: matrix.rows,
    classes: encoded.classes,
    counts: [...encoded.counts],
    references,
  };
}

function checkOptions({ kind = 'auto', C = 'grid', embedder, signal }: TrainClassifierOptions): void {
  if (!['auto', 'svm', 'nearest'].includes(kind)) {
    throw invalidArgument("'auto', 'svm' or 'nearest'", 'options.kind', kind);
  }
  if (C !== 'grid' && !(typeof C === 'number' && C > 0 && Number.isFinite(C))) {
    throw invalidArgument("a finite number > 0 or 'grid'", 'options.C', C);
  }
  if (embedder && !/^[0-9a-f]{64}$/i.test(embedder.sha256)) {
    throw invalidArgument('64 hexadecimal digits', 'options.embedder.sha256', embedder.sha256);
  }
  throwIfAborted(signal, 'The training');
}
