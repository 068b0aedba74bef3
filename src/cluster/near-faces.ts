import { createRandom } from '../core/random/random.ts';
import { type FaceMatrix, squaredWithin } from './face-matrix.ts';

/** Up to this many rows every pair is compared. Beyond it that takes longer than five seconds. */
export const EXACT_ROWS = 10_000;
/** Pivots for each square root of the rows: lists of pivots and lists of rows then take about the same time. */
const PIVOT_FACTOR = 2;
/** Lists that a row stands in. */
const LISTS = 4;
/** The choice of pivots; the same rows give the same neighbors. */
const SEED = 1;

/** The nearest rows of each row, as far as they were found: -1 where there are fewer. */
export interface NearRows {
  readonly count: number;
  /** [rows, count], nearest first. */
  readonly rows: Int32Array;
  /** Their squared distances; infinite where there are fewer. */
  readonly squared: Float32Array;
}

/**
 * The nearest other rows of each row.
 *
 * @param options.count - at most so many for each
 * @param options.limit - only those within this squared distance
 * @remarks Every pair up to `exactRows`, O(rows²). Above it only rows that share one of their nearest pivots, rows
 * chosen at random, are compared: O(rows^1.5); some neighbors are missed.
 */
export function nearRows(
  matrix: FaceMatrix,
  {
    count,
    limit = Number.POSITIVE_INFINITY,
    exactRows = EXACT_ROWS,
  }: {
    readonly count: number;
    readonly limit?: number | undefined;
    readonly exactRows?: number | undefined;
  },
): NearRows {
  const near = new Nearest(matrix.rows, count);
  const compare = (a: number, b: number) => {
    const bound = Math.min(limit, Math.max(near.bound(a), near.bound(b)));
    const squared = squaredWithin(matrix, a, { matrix, row: b, limit: bound });
    if (squared > bound) return;
    near.offer(a, b, squared);
    near.offer(b, a, squared);
  };
  if (matrix.rows <= exactRows) {
    // Blocks of rows that the processor's cache holds.
    const block = 256;
    for (let low = 0; low < matrix.rows; low += block) {
      for (let high = low; high < matrix.rows; high += block) {
        for (let a = low; a < Math.min(low + block, matrix.rows); a++) {
          for (let b = Math.max(a + 1, high); b < Math.min(high + block, matrix.rows); b++) compare(a, b);
        }
      }
    }
  } else {
    for (const list of pivotLists(matrix)) {
      for (let i = 0; i < list.length; i++) {
        for (let j = i + 1; j < list.length; j++) compare(list[i]!, list[j]!);
      }
    }
  }
  return { count, rows: near.rows, squared: near.squared };
}

/**
 * The rows of one matrix that are nearest to each row of another.
 *
 * @returns [probes.rows, count]
 */
export function nearestAmong(
  probes: FaceMatrix,
  matrix: FaceMatrix,
  {
    count,
    limit = Number.POSITIVE_INFINITY,
  }: { readonly count: number; readonly limit?: number | undefined },
): NearRows {
  const near = new Nearest(probes.rows, count);
  const block = 512;
  for (let low = 0; low < matrix.rows; low += block) {
    for (let probe = 0; probe < probes.rows; probe++) {
      for (let row = low; row < Math.min(low + block, matrix.rows); row++) {
        const bound = Math.min(limit, near.bound(probe));
        const squared = squaredWithin(probes, probe, { matrix, row, limit: bound });
        if (squared <= bound) near.offer(probe, row, squared);
      }
    }
  }
  return { count, rows: near.rows, squared: near.squared };
}

/** Rows by the pivots that they are nearest to. */
function pivotLists(matrix: FaceMatrix): number[][] {
  const random = createRandom(SEED);
  const wanted = Math.ceil(PIVOT_FACTOR * Math.sqrt(matrix.rows));
  const order = random.shuffle(Int32Array.from({ length: matrix.rows }, (_, row) => row)).subarray(0, wanted);
  const data = new Float32Array(wanted * matrix.columns);
  for (const [i, row] of order.entries()) {
    data.set(matrix.data.subarray(row * matrix.columns, (row + 1) * matrix.columns), i * matrix.columns);
  }
  const pivots = { rows: wanted, columns: matrix.columns, data };
  const near = nearestAmong(matrix, pivots, { count: LISTS });
  const lists: number[][] = Array.from({ length: wanted }, () => []);
  for (let row = 0; row < matrix.rows; row++) {
    for (let i = 0; i < LISTS; i++) lists[near.rows[row * LISTS + i]!]!.push(row);
  }
  return lists;
}

/** The nearest rows found so far, in order, each once. */
class Nearest {
  readonly rows: Int32Array;
  readonly squared: Float32Array;
  readonly #count: number;

  constructor(rows: number, count: number) {
    this.rows = new Int32Array(rows * count).fill(-1);
    this.squared = new Float32Array(rows * count).fill(Number.POSITIVE_INFINITY);
    this.#count = count;
  }

  /** What is farther away is not wanted. */
  bound(row: number): number {
    return this.squared[(row + 1) * this.#count - 1]!;
  }

  offer(row: number, other: number, distance: number): void {
    // As it is stored: the same pair has to be as far apart when it is met again.
    const squared = Math.fround(distance);
    const start = row * this.#count;
    let place = start + this.#count - 1;
    if (squared >= this.squared[place]!) return;
    // The lists of two pivots may hold the same pair: at the same distance, so it is met on the way.
    let end = place;
    while (place > start && this.squared[place - 1]! >= squared) {
      place--;
      if (this.rows[place] === other) return;
    }
    for (; end > place; end--) {
      this.squared[end] = this.squared[end - 1]!;
      this.rows[end] = this.rows[end - 1]!;
    }
    this.squared[place] = squared;
    this.rows[place] = other;
  }
}
