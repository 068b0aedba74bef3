import { expectation, FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { isKind } from '../core/is-kind.ts';

/** Embeddings as one dense matrix in double precision, row-major. */
export interface EmbeddingMatrix {
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns] */
  readonly data: Float64Array;
}

/** What classifiers learn from: one array an embedding, or the same as a matrix. */
export type Embeddings = readonly Float32Array[] | EmbeddingMatrix;

/**
 * Copies embeddings into a matrix after checking them.
 *
 * @param embeddings - n arrays of equal length >= 1 with finite numbers; a matrix is returned as it is
 * @param options.dimension - the length that every embedding must have; that of the first one if not given
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH` if lengths differ, `ERR_INVALID_ARGUMENT` for NaN or infinity
 */
export function toEmbeddingMatrix(
  embeddings: Embeddings,
  options: { readonly dimension?: number | undefined } = {},
): EmbeddingMatrix {
  if (isMatrix(embeddings)) {
    if (options.dimension !== undefined && embeddings.columns !== options.dimension) {
      throw wrongLength(options.dimension, 'embeddings.columns', embeddings.columns);
    }
    return embeddings;
  }
  if (!Array.isArray(embeddings)) throw invalidArgument('an array of Float32Array', 'embeddings', embeddings);
  const rows = embeddings.length;
  const columns = options.dimension ?? (embeddings[0] as Float32Array | undefined)?.length ?? 0;
  const data = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const embedding: unknown = embeddings[row];
    if (!isKind(embedding, 'Float32Array')) {
      throw invalidArgument('a Float32Array', `embeddings[${row}]`, embedding);
    }
    if (embedding.length !== columns || columns === 0) {
      throw wrongLength(Math.max(columns, 1), `embeddings[${row}].length`, embedding.length);
    }
    if (!embedding.every(Number.isFinite)) {
      throw invalidArgument(
        'finite numbers',
        `embeddings[${row}]`,
        embedding.find((x) => !Number.isFinite(x)),
      );
    }
    data.set(embedding, row * columns);
  }
  return { rows, columns, data };
}

/** A new matrix of the given rows, in the given order. */
export function selectRows(matrix: EmbeddingMatrix, rows: ArrayLike<number>): EmbeddingMatrix {
  const { columns } = matrix;
  const data = new Float64Array(rows.length * columns);
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i]! * columns;
    data.set(matrix.data.subarray(start, start + columns), i * columns);
  }
  return { rows: rows.length, columns, data };
}

function isMatrix(embeddings: Embeddings): embeddings is EmbeddingMatrix {
  return isKind((embeddings as EmbeddingMatrix | null)?.data, 'Float64Array');
}

function wrongLength(expected: number, name: string, received: number): FaceTriggerError {
  return new FaceTriggerError('ERR_SHAPE_MISMATCH', expectation(String(expected), name, received));
}
