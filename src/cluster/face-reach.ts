import type { Metric } from '../core/metric/metric.ts';
import type { NearRows } from './near-rows.ts';

/** Neighbors that a face or a group is compared with. Of large groups a few are enough: the others follow by merging. */
export const NEIGHBORS = 24;
/** Groups that tell the reach of a new face among them. */
const GROUPS_ASKED = 8;

/**
 * How far the faces about a row are: the mean distance to the farther half of its nearest neighbors.
 *
 * @remarks The nearer half may well be the same person.
 */
export function reachOf(near: NearRows, row: number, metric: Metric): number {
  const start = row * near.count;
  let found = 0;
  while (found < near.count && near.rows[start + found] !== -1) found++;
  const first = found >> 1;
  let sum = 0;
  for (let i = first; i < found; i++) sum += metric.fromSquared(near.squared[start + i]!);
  return found > 0 ? sum / (found - first) : 0;
}

/**
 * The reach that a row is likely to have, by those of the groups nearest to it.
 *
 * @param reachOfGroup - `null` for a group whose reach is not known
 * @param fallback - where no near group has one
 */
export function reachAmongGroups(
  near: NearRows,
  row: number,
  {
    reachOfGroup,
    fallback,
  }: { readonly reachOfGroup: (column: number) => number | null; readonly fallback: number },
): number {
  const known: number[] = [];
  for (let i = 0; i < near.count && known.length < GROUPS_ASKED; i++) {
    const column = near.rows[row * near.count + i]!;
    if (column === -1) break;
    const reach = reachOfGroup(column);
    if (reach !== null) known.push(reach);
  }
  return known.length > 0 ? known.reduce((sum, reach) => sum + reach, 0) / known.length : fallback;
}

/** The middle one of at least one number. */
export function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1]!;
}
