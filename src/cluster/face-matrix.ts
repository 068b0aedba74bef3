import { expectation, FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { isKind } from '../core/is-kind.ts';
import type { Metric } from '../core/metric/metric.ts';

/** Vectors of faces, row after row, whose squared Euclidean distances stand in the order of the metric. */
export interface FaceMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/**
 * Brings embeddings into one block of memory.
 *
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH` unless all have one length, `ERR_INVALID_ARGUMENT` for one that holds
 * what is no finite number
 */
export function faceMatrix(
  faces: readonly { readonly id: string; readonly embedding: Float32Array }[],
  metric: Metric,
): FaceMatrix {
  const columns = faces[0]?.embedding?.length ?? 0;
  const data = new Float32Array(faces.length * columns);
  for (const [row, { id, embedding }] of faces.entries()) {
    if (!isKind(embedding, 'Float32Array')) {
      throw invalidArgument('a Float32Array', `the embedding of face '${id}'`, embedding);
    }
    if (embedding.length !== columns || columns === 0) {
      const length = columns === 0 ? 'at least one number' : `${columns} numbers, like the first`;
      const message = expectation(length, `the embedding of face '${id}'`, embedding.length);
      throw new FaceTriggerError('ERR_SHAPE_MISMATCH', message);
    }
    const bad = embedding.find((value) => !Number.isFinite(value));
    if (bad !== undefined) {
      throw invalidArgument('finite numbers only', `the embedding of face '${id}'`, bad);
    }
    data.set(metric.prepare(embedding), row * columns);
  }
  return { rows: faces.length, columns, data };
}

/** Some rows of a matrix, in the order given. */
export function rowsOf({ columns, data }: FaceMatrix, rows: ArrayLike<number>): FaceMatrix {
  const copy = new Float32Array(rows.length * columns);
  for (let i = 0; i < rows.length; i++)
    copy.set(data.subarray(rows[i]! * columns, (rows[i]! + 1) * columns), i * columns);
  return { rows: rows.length, columns, data: copy };
}

/** Numbers that are summed between two looks at the limit. */
const STEP = 16;

/**
 * Squared Euclidean distance of two rows.
 *
 * @param limit - once the distance is known to be larger, any number above the limit is answered
 */
export function squaredWithin(
  a: FaceMatrix,
  row: number,
  other: { readonly matrix: FaceMatrix; readonly row: number; readonly limit: number },
): number {
  const { columns, data } = a;
  const { matrix, limit } = other;
  let i = row * columns;
  let j = other.row * columns;
  const end = i + columns;
  let sum = 0;
  while (i < end) {
    const stop = Math.min(end, i + STEP);
    while (i < stop) {
      const difference = data[i++]! - matrix.data[j++]!;
      sum += difference * difference;
    }
    if (sum > limit) return sum;
  }
  return sum;
}
