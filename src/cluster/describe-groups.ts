import type { Clumps } from './clumps.ts';
import type { ClusterState, PartState, StartPart } from './cluster-state.ts';
import type { ClusterFace, FaceGroup } from './cluster-types.ts';
import { type FaceMatrix, squaredWithin } from './face-matrix.ts';
import type { IdentityRules } from './identity-rules.ts';
import type { SamePersonOdds } from './same-person-odds.ts';

/** What was grouped, and how. */
export interface GroupedFaces {
  readonly faces: readonly ClusterFace[];
  readonly parts: readonly StartPart[];
  readonly matrix: FaceMatrix;
  readonly weights: Float64Array;
  readonly clumps: Clumps;
  readonly rules: IdentityRules;
  readonly odds: SamePersonOdds;
  readonly reach: number;
  /** See {@link ClusterState.grouped}. */
  readonly groupedAnew: number;
}

/** A group with the clumps that it is made of: several where a named person's faces look too different. */
export interface DescribedGroup {
  readonly group: FaceGroup;
  readonly clumps: readonly number[];
}

/**
 * Makes groups of the clumps that are left: all of one person's, and every other one of at least two faces.
 *
 * @param next - the number of the next new group
 */
export function describeGroups(
  grouped: GroupedFaces,
  next: number,
): { readonly described: DescribedGroup[]; readonly outliers: number[]; readonly state: ClusterState } {
  const { faces, clumps, rules, reach, groupedAnew } = grouped;
  const joined = new Map<string, number[]>();
  const outliers: number[] = [];
  for (const clump of clumps.alive()) {
    const person = rules.personOf(clump);
    if (person === null && clumps.sizeOf(clump) === 1) {
      outliers.push(clump);
      continue;
    }
    const key = person === null ? `clump ${clump}` : `person ${person}`;
    joined.set(key, [...(joined.get(key) ?? []), clump]);
  }
  const old = oldGroups(grouped);
  const taken = new Set<string>();
  const described = [...joined.values()]
    .map((own) => ({ own, size: own.reduce((sum, clump) => sum + clumps.sizeOf(clump), 0) }))
    .sort((a, b) => b.size - a.size || a.own[0]! - b.own[0]!)
    .map(({ own }): DescribedGroup => {
      const id = old(own, taken) ?? `g${next++}`;
      taken.add(id);
      return { group: describe(own, id, grouped), clumps: own };
    });
  const partOf = (clump: number): PartState => ({
    faceIds: clumps.membersOf(clump).map((row) => faces[row]!.id),
    reach: clumps.reachOf(clump),
  });
  const groups = described.map(({ group: { id }, clumps: own }) => ({ id, parts: own.map(partOf) }));
  const state: ClusterState = {
    version: 1,
    next,
    grouped: groupedAnew,
    reach,
    groups,
    outliers: outliers.map(partOf),
  };
  return { described, outliers, state };
}

/** The id that most faces of some clumps had, unless a larger group took it. */
function oldGroups({ parts, clumps }: GroupedFaces) {
  const groupOf = new Map<number, string>();
  for (const { rows, groupId } of parts)
    if (groupId !== null) for (const row of rows) groupOf.set(row, groupId);
  return (own: readonly number[], taken: ReadonlySet<string>): string | null => {
    const counts = new Map<string, number>();
    for (const clump of own) {
      for (const row of clumps.membersOf(clump)) {
        const id = groupOf.get(row);
        if (id !== undefined && !taken.has(id)) counts.set(id, (counts.get(id) ?? 0) + 1);
      }
    }
    let best: string | null = null;
    for (const [id, count] of counts) if (best === null || count > counts.get(best)!) best = id;
    return best;
  };
}

function describe(own: readonly number[], id: string, grouped: GroupedFaces): FaceGroup {
  const { faces, matrix, weights, clumps, rules, odds } = grouped;
  const members = own.flatMap((clump) => {
    const size = clumps.sizeOf(clump);
    const center = clumps.centers([clump]);
    const inner = clumps.innerSquared(clump);
    return clumps.membersOf(clump).map((row) => {
      const named = faces[row]!.personId !== undefined;
      const toCenter = squaredWithin(matrix, row, {
        matrix: center,
        row: 0,
        limit: Number.POSITIVE_INFINITY,
      });
      // Mean over the others: the face itself is among those that the center is the mean of.
      const squared = size > 1 ? (toCenter * size) / (size - 1) + inner / 2 : 0;
      const alone = size > 1 ? 1 / (1 + Math.exp(-odds.memberLogOdds(clump, squared))) : 1;
      return { row, probability: named ? 1 : alone, rank: toCenter / weights[row]! };
    });
  });
  members.sort((a, b) => a.rank - b.rank || a.row - b.row);
  return {
    id,
    faceIds: members.map(({ row }) => faces[row]!.id),
    personId: rules.personOf(own[0]!),
    confidence: members.reduce((sum, { probability }) => sum + probability, 0) / members.length,
  };
}
