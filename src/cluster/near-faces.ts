import { createRandom } from '../core/random/random.ts';
import { type FaceMatrix, rowsOf, squaredWithin } from './face-matrix.ts';
import { NearestSoFar, type NearQuery, type NearRows } from './near-rows.ts';

/** Up to this many rows every pair is compared. Beyond it that takes longer than five seconds. */
const EXACT_ROWS = 10_000;
/** Pivots for each square root of the rows: lists of pivots and lists of rows then take about the same time. */
const PIVOT_FACTOR = 2;
/** Lists that a row stands in. */
const LISTS = 4;
/** The choice of pivots; the same rows give the same neighbors. */
const SEED = 1;

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
  { count, limit = Number.POSITIVE_INFINITY, exactRows = EXACT_ROWS }: NearQuery,
): NearRows {
  const near = new NearestSoFar(matrix.rows, count);
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
  { count, limit = Number.POSITIVE_INFINITY }: NearQuery,
): NearRows {
  const near = new NearestSoFar(probes.rows, count);
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
  const pivots = choosePivots(matrix, PIVOT_FACTOR);
  return listsOf(nearestAmong(matrix, pivots, { count: LISTS }), pivots.rows);
}

/** Rows chosen at random. @param factor - how many for each square root of the rows */
export function choosePivots(matrix: FaceMatrix, factor: number): FaceMatrix {
  const wanted = Math.ceil(factor * Math.sqrt(matrix.rows));
  const all = Int32Array.from({ length: matrix.rows }, (_, row) => row);
  return rowsOf(matrix, createRandom(SEED).shuffle(all).subarray(0, wanted));
}

/** The rows near each pivot. @param near - the pivots nearest to each row */
export function listsOf(near: NearRows, pivots: number): number[][] {
  const lists: number[][] = Array.from({ length: pivots }, () => []);
  for (const [i, pivot] of near.rows.entries())
    if (pivot !== -1) lists[pivot]!.push(Math.floor(i / near.count));
  return lists;
}
