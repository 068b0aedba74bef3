import { invalidArgument } from '../core/errors.ts';
import { EUCLIDEAN, type Metric } from '../core/metric/metric.ts';
import { type EmbeddingMatrix, selectRows } from './embedding-matrix.ts';
import type { EncodedLabels } from './encode-labels.ts';

/** What stands for a person: every photo ('knn', the nearest counts) or the mean of them ('centroid'). */
export type ReferenceMode = 'knn' | 'centroid';

/** Embeddings that distances are measured to, one person after another. */
export interface PersonReferences {
  readonly mode: ReferenceMode;
  readonly metric: Metric;
  /** Labels, ascending. */
  readonly classes: readonly number[];
  /** All references, prepared for the metric, those of one person next to each other, in the order of `classes`. */
  readonly matrix: EmbeddingMatrix;
  /** [k + 1]: the references of class c are the rows starts[c] .. starts[c + 1] - 1. */
  readonly starts: Int32Array;
}

/** Collects the references of each person. */
export function collectReferences(
  samples: EmbeddingMatrix,
  labels: EncodedLabels,
  { mode, metric = EUCLIDEAN }: { readonly mode: ReferenceMode; readonly metric?: Metric | undefined },
): PersonReferences {
  if (mode !== 'knn' && mode !== 'centroid')
    throw invalidArgument("'knn' or 'centroid'", 'options.mode', mode);
  const { classes, codes, counts } = labels;
  const matrix = prepareRows(samples, metric);
  const starts = new Int32Array(classes.length + 1);
  for (let c = 0; c < classes.length; c++) starts[c + 1] = starts[c]! + (mode === 'knn' ? counts[c]! : 1);
  if (mode === 'knn') {
    const order = Array.from(codes.keys()).sort((a, b) => codes[a]! - codes[b]! || a - b);
    return { mode, metric, classes, starts, matrix: selectRows(matrix, order) };
  }
  const { columns, rows } = matrix;
  const data = new Float64Array(classes.length * columns);
  for (let row = 0; row < rows; row++) {
    const code = codes[row]!;
    for (let j = 0; j < columns; j++) {
      data[code * columns + j]! += matrix.data[row * columns + j]! / counts[code]!;
    }
  }
  // References are stored as float32: round now, so that what is measured here is what a saved file measures.
  for (let i = 0; i < data.length; i++) data[i] = Math.fround(data[i]!);
  return {
    mode,
    metric,
    classes,
    starts,
    matrix: prepareRows({ rows: classes.length, columns, data }, metric),
  };
}

/**
 * Distance from every row to the nearest reference of each person.
 *
 * @returns [rows, k], in the metric of the references
 */
export function nearestDistances(references: PersonReferences, rows: EmbeddingMatrix): Float64Array {
  const { classes, starts, metric } = references;
  const matrix = prepareRows(rows, metric);
  const result = new Float64Array(matrix.rows * classes.length);
  for (let row = 0; row < matrix.rows; row++) {
    for (let c = 0; c < classes.length; c++) {
      let nearest = Number.POSITIVE_INFINITY;
      for (let r = starts[c]!; r < starts[c + 1]!; r++) {
        nearest = Math.min(nearest, squaredDistance(matrix, row, { other: references.matrix, otherRow: r }));
      }
      result[row * classes.length + c] = metric.fromSquared(nearest);
    }
  }
  return result;
}

/** Squared Euclidean distance between a row of one matrix and a row of another. */
export function squaredDistance(
  matrix: EmbeddingMatrix,
  row: number,
  { other, otherRow }: { readonly other: EmbeddingMatrix; readonly otherRow: number },
): number {
  const { columns } = matrix;
  const a = row * columns;
  const b = otherRow * columns;
  let sum = 0;
  for (let j = 0; j < columns; j++) {
    const difference = matrix.data[a + j]! - other.data[b + j]!;
    sum += difference * difference;
  }
  return sum;
}

/** The rows as the metric compares them. */
export function prepareRows(matrix: EmbeddingMatrix, metric: Metric): EmbeddingMatrix {
  if (metric.name === 'euclidean') return matrix;
  const { rows, columns } = matrix;
  const data = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const embedding = Float32Array.from(matrix.data.subarray(row * columns, (row + 1) * columns));
    data.set(metric.prepare(embedding), row * columns);
  }
  return { rows, columns, data };
}
