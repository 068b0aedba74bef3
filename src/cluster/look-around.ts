import type { Metric } from '../core/metric/metric.ts';
import { throwIfAborted } from '../core/throw-if-aborted.ts';
import type { Clumps } from './clumps.ts';
import type { StartPart } from './cluster-state.ts';
import type { ClusterFace, FaceNeighbors } from './cluster-types.ts';
import { type FaceMatrix, squaredWithin } from './face-matrix.ts';
import { medianOf, NEIGHBORS, reachAmongGroups, reachOf } from './face-reach.ts';
import type { NearRows, NearSearch } from './near-rows.ts';
import { PairList } from './pair-list.ts';

/** With more new faces than this share, or fewer faces than this in all, every face looks about itself anew. */
const MANY_FRESH = { share: 0.2, faces: 2000 } as const;

/** What there is to be grouped. */
export interface Surroundings {
  readonly faces: readonly ClusterFace[];
  readonly matrix: FaceMatrix;
  readonly metric: Metric;
  readonly parts: readonly StartPart[];
  readonly clumps: Clumps;
  /** Of the earlier call; `null` for none. */
  readonly reach: number | null;
  readonly neighbors: FaceNeighbors | undefined;
  readonly search: NearSearch;
  readonly signal: AbortSignal | undefined;
}

/**
 * Finds what each fresh part is to be compared with, and tells every clump its reach.
 *
 * @returns the candidates, and the middle one of all reaches
 */
export async function lookAround(
  around: Surroundings,
): Promise<{ readonly candidates: PairList; readonly reach: number }> {
  const { faces, matrix, metric, parts, clumps, neighbors, search } = around;
  const fresh = parts.flatMap((part, index) => (part.fresh ? [index] : []));
  const many = faces.length <= MANY_FRESH.faces || fresh.length >= MANY_FRESH.share * faces.length;
  for (const [part, { reach }] of parts.entries()) clumps.setReach(part, reach ?? around.reach ?? 0);
  if (fresh.length === 0) return { candidates: new PairList(clumps.count), reach: around.reach ?? 0 };
  if (around.reach === null || many) {
    const near = neighbors
      ? await askNeighbors(around, [...faces.keys()])
      : await search.nearRows(matrix, { count: NEIGHBORS });
    const reaches = Array.from(faces.keys(), (row) => reachOf(near, row, metric));
    for (const [part, { rows }] of parts.entries()) {
      clumps.setReach(part, rows.reduce((sum, row) => sum + reaches[row]!, 0) / rows.length);
    }
    return { candidates: candidatesOf(around, [...faces.keys()], near), reach: medianOf(reaches) };
  }
  if (neighbors) {
    const rows = fresh.flatMap((part) => parts[part]!.rows);
    const near = await askNeighbors(around, rows);
    let next = 0;
    for (const part of fresh) {
      const own = parts[part]!.rows.map(() => reachOf(near, next++, metric));
      clumps.setReach(part, own.reduce((sum, reach) => sum + reach, 0) / own.length);
    }
    return { candidates: candidatesOf(around, rows, near), reach: around.reach };
  }
  const all = [...parts.keys()];
  const near = await search.nearestAmong(clumps.centers(fresh), clumps.centers(all), {
    count: NEIGHBORS + 1,
  });
  for (const [row, part] of fresh.entries()) {
    const reachOfGroup = (column: number) => parts[column]!.reach;
    clumps.setReach(part, reachAmongGroups(near, row, { reachOfGroup, fallback: around.reach }));
  }
  return { candidates: pairsOf(near, fresh, { to: all, clumps }), reach: around.reach };
}

/** Some clumps with those that are nearest to them now. */
export async function lookAgain(
  clumps: Clumps,
  some: readonly number[],
  options: { readonly among: readonly number[]; readonly limit: number; readonly search: NearSearch },
): Promise<PairList> {
  const { among, limit, search } = options;
  const near =
    some.length === among.length
      ? await search.nearRows(clumps.centers(among), { count: NEIGHBORS, limit })
      : await search.nearestAmong(clumps.centers(some), clumps.centers(among), {
          count: NEIGHBORS + 1,
          limit,
        });
  return pairsOf(near, some, { to: among, clumps });
}

/** What somebody else's index finds near, as rows with exact distances. */
async function askNeighbors(
  { faces, matrix, neighbors, signal }: Surroundings,
  rows: readonly number[],
): Promise<NearRows> {
  const rowOf = new Map(faces.map(({ id }, row) => [id, row]));
  const near = {
    count: NEIGHBORS,
    rows: new Int32Array(rows.length * NEIGHBORS).fill(-1),
    squared: new Float32Array(rows.length * NEIGHBORS).fill(Number.POSITIVE_INFINITY),
  };
  for (const [i, row] of rows.entries()) {
    throwIfAborted(signal, 'The grouping');
    // One more: the face itself is the nearest.
    const ids = await neighbors!(faces[row]!.embedding, NEIGHBORS + 1);
    const found = [...new Set(ids)]
      .flatMap((id) => rowOf.get(id) ?? [])
      .filter((other) => other !== row)
      .map((other) => ({
        other,
        squared: squaredWithin(matrix, row, { matrix, row: other, limit: Number.POSITIVE_INFINITY }),
      }))
      .sort((a, b) => a.squared - b.squared)
      .slice(0, NEIGHBORS);
    for (const [place, { other, squared }] of found.entries()) {
      near.rows[i * NEIGHBORS + place] = other;
      near.squared[i * NEIGHBORS + place] = squared;
    }
  }
  return near;
}

/** Parts of near faces, where at least one of the two is fresh: what was compared before is not compared again. */
function candidatesOf({ faces, parts }: Surroundings, rows: readonly number[], near: NearRows): PairList {
  const partOf = new Int32Array(faces.length);
  for (const [part, { rows: own }] of parts.entries()) for (const row of own) partOf[row] = part;
  const found = new PairList(parts.length);
  for (const [i, row] of rows.entries()) {
    for (let place = i * near.count; place < (i + 1) * near.count; place++) {
      const other = near.rows[place]!;
      if (other === -1) break;
      const a = partOf[row]!;
      const b = partOf[other]!;
      if (a !== b && (parts[a]!.fresh || parts[b]!.fresh)) found.add(a, b);
    }
  }
  return found;
}

function pairsOf(
  near: NearRows,
  from: readonly number[],
  { to, clumps }: { readonly to: readonly number[]; readonly clumps: Clumps },
): PairList {
  const found = new PairList(clumps.count);
  for (const [row, clump] of from.entries()) {
    for (let place = row * near.count; place < (row + 1) * near.count; place++) {
      const column = near.rows[place]!;
      if (column === -1) break;
      if (to[column] !== clump) found.add(clump, to[column]!);
    }
  }
  return found;
}
