import { invalidArgument } from '../../core/errors.ts';

/** Rows of one number of columns, double precision, row-major. */
export interface Rows {
  readonly data: Float64Array;
  readonly columns: number;
}

/** An anchor, another face of the same person, and a face of somebody else: row numbers. */
export interface Triplet {
  readonly anchor: number;
  readonly positive: number;
  readonly negative: number;
}

/** Result of {@link tripletLoss}. */
export interface TripletLoss {
  /** Mean over the triplets; 0 where there is none. */
  readonly loss: number;
  /** Triplets whose loss is above 0. */
  readonly active: number;
  /** Derivative of the loss by every number of the rows that came in, same shape. */
  readonly gradient: Float64Array;
}

/** Source: FaceNet, arXiv 1503.03832, section 3.2. */
export const DEFAULT_TRIPLET_MARGIN = 0.2;

/**
 * FaceNet's triplet loss on rows that are scaled to length 1 first.
 *
 * @param rows - embeddings as they come out of a layer, not normalized
 * @param options.margin - by how much the squared distance to somebody else must be larger, >= 0
 * @returns mean of max(0, |a - p|² - |a - n|² + margin), and its gradient by the unnormalized rows
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a negative margin or a row of zeros
 * @remarks arXiv 1503.03832, equations 1 and 2.
 */
export function tripletLoss(
  rows: Rows,
  triplets: readonly Triplet[],
  options: { readonly margin?: number | undefined } = {},
): TripletLoss {
  const { margin = DEFAULT_TRIPLET_MARGIN } = options;
  if (!(margin >= 0)) throw invalidArgument('a number >= 0', 'options.margin', margin);
  const { columns } = rows;
  const { unit, lengths } = normalizeRows(rows);
  const gradient = new Float64Array(rows.data.length);
  const share = 2 / Math.max(1, triplets.length);
  let loss = 0;
  let active = 0;
  for (const { anchor, positive, negative } of triplets) {
    const a = anchor * columns;
    const p = positive * columns;
    const n = negative * columns;
    const violation = squaredGap(unit, a, p, columns) - squaredGap(unit, a, n, columns) + margin;
    if (violation <= 0) continue;
    loss += violation;
    active += 1;
    for (let j = 0; j < columns; j++) {
      gradient[a + j]! += share * (unit[n + j]! - unit[p + j]!);
      gradient[p + j]! += share * (unit[p + j]! - unit[a + j]!);
      gradient[n + j]! += share * (unit[a + j]! - unit[n + j]!);
    }
  }
  throughNormalization(gradient, unit, lengths);
  return { loss: loss / Math.max(1, triplets.length), active, gradient };
}

/**
 * Scales every row to length 1.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a row of zeros, which has no direction
 */
export function normalizeRows({ data, columns }: Rows): { unit: Float64Array; lengths: Float64Array } {
  const unit = new Float64Array(data.length);
  const lengths = new Float64Array(data.length / columns);
  for (let row = 0; row < lengths.length; row++) {
    const start = row * columns;
    let square = 0;
    for (let j = start; j < start + columns; j++) square += data[j]! * data[j]!;
    const length = Math.sqrt(square);
    if (!(length > 0)) throw invalidArgument('an embedding of a length above 0', `row ${row}`, length);
    lengths[row] = length;
    for (let j = start; j < start + columns; j++) unit[j] = data[j]! / length;
  }
  return { unit, lengths };
}

/** Some of the rows, in the order asked for. */
export function selectRows({ data, columns }: Rows, rows: readonly number[]): Rows {
  const selected = new Float64Array(rows.length * columns);
  for (const [i, row] of rows.entries()) {
    selected.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  }
  return { data: selected, columns };
}

/** Squared Euclidean distance between two rows that start at these places. */
export function squaredGap(data: Float64Array, a: number, b: number, columns: number): number {
  let sum = 0;
  for (let j = 0; j < columns; j++) {
    const difference = data[a + j]! - data[b + j]!;
    sum += difference * difference;
  }
  return sum;
}

// y = z / |z|, so dL/dz = (dL/dy - y (y . dL/dy)) / |z|: only the part across the row counts.
function throughNormalization(gradient: Float64Array, unit: Float64Array, lengths: Float64Array): void {
  const columns = unit.length / lengths.length;
  for (let row = 0; row < lengths.length; row++) {
    const start = row * columns;
    let along = 0;
    for (let j = start; j < start + columns; j++) along += gradient[j]! * unit[j]!;
    for (let j = start; j < start + columns; j++) {
      gradient[j] = (gradient[j]! - along * unit[j]!) / lengths[row]!;
    }
  }
}
