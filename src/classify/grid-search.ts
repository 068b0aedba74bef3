import { setImmediate } from 'node:timers/promises';
import { invalidArgument } from '../core/errors.ts';
import { throwIfAborted } from '../core/throw-if-aborted.ts';
import { CalibratedClassifier, type CalibratedClassifierOptions } from './calibrated-classifier.ts';
import { type Embeddings, selectRows, toEmbeddingMatrix } from './embedding-matrix.ts';
import { encodeLabels } from './encode-labels.ts';
import { type ShuffleSplitOptions, type Split, stratifiedShuffleSplits } from './stratified-splits.ts';

/** The values of C that are tried by default. */
export const DEFAULT_C_GRID: readonly number[] = [1e-3, 1e-2, 1e-1, 1, 10, 100, 1000];

/** Options of {@link searchC}: those of the classifier but C, and what to try it on. */
export interface GridSearchOptions extends Omit<CalibratedClassifierOptions, 'C'> {
  /** @defaultValue `DEFAULT_C_GRID` */
  readonly grid?: readonly number[] | undefined;
  /** Exact splits, or how to draw them. @defaultValue 3 stratified shuffle splits that test a quarter */
  readonly splits?: readonly Split[] | ShuffleSplitOptions | undefined;
  /** Called after every fit with the share that is done, 0 .. 1. */
  readonly onProgress?: ((done: number) => void) | undefined;
  /** Cancels the search between two fits. */
  readonly signal?: AbortSignal | undefined;
}

/** How good one C was. */
export interface GridScore {
  readonly C: number;
  /** Mean accuracy over the splits, 0 .. 1. */
  readonly meanAccuracy: number;
  /** Accuracy on each split. */
  readonly accuracies: readonly number[];
}

/** What {@link searchC} found. */
export interface GridSearchResult {
  /** The C of the highest mean accuracy; the first of equal ones. */
  readonly C: number;
  /** One entry a C, in the order of the grid. */
  readonly scores: readonly GridScore[];
}

/**
 * Tries several C on splits of the samples and takes the one whose calibrated classifier is right most often.
 *
 * @param embeddings - n embeddings
 * @param labels - n encoded labels
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES`, `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`, `ERR_ABORTED`
 * @remarks As scikit-learn's `GridSearchCV(CalibratedClassifierCV(LinearSVC()), {'estimator__C': grid})`.
 * Cost: grid * splits * folds machines.
 */
export async function searchC(
  embeddings: Embeddings,
  labels: ArrayLike<number>,
  options: GridSearchOptions = {},
): Promise<GridSearchResult> {
  const { grid = DEFAULT_C_GRID, splits, onProgress, signal, ...classifierOptions } = options;
  if (grid.length === 0) throw invalidArgument('at least one C', 'options.grid', grid);
  const matrix = toEmbeddingMatrix(embeddings);
  const { classes, codes } = encodeLabels(labels, { count: matrix.rows });
  const drawn = isSplits(splits) ? splits : stratifiedShuffleSplits(labels, splits);
  if (drawn.length === 0) throw invalidArgument('at least one split', 'options.splits', drawn);

  const parts = drawn.map(({ train, test }) => ({
    train: selectRows(matrix, train),
    trainLabels: Array.from(train, (row) => classes[codes[row]!]!),
    test: selectRows(matrix, test),
    testLabels: Array.from(test, (row) => classes[codes[row]!]!),
  }));
  let done = 0;
  const scores: GridScore[] = [];
  for (const C of grid) {
    const accuracies: number[] = [];
    for (const part of parts) {
      // Lets timers, input and an abort through: one fit of many people can take seconds.
      await setImmediate();
      throwIfAborted(signal, 'The grid search');
      const classifier = new CalibratedClassifier({ ...classifierOptions, C }).fit(
        part.train,
        part.trainLabels,
      );
      const predicted = classifier.predict(part.test);
      const right = predicted.filter((label, i) => label === part.testLabels[i]).length;
      accuracies.push(right / predicted.length);
      done += 1;
      onProgress?.(done / (grid.length * parts.length));
    }
    const meanAccuracy = accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length;
    scores.push({ C, meanAccuracy, accuracies });
  }
  const best = scores.reduce((a, b) => (b.meanAccuracy > a.meanAccuracy ? b : a));
  return { C: best.C, scores };
}

function isSplits(splits: GridSearchOptions['splits']): splits is readonly Split[] {
  return Array.isArray(splits);
}
