import { type DistanceEvidence, personProbabilities } from '../core/embed/person-probability.ts';
import type { Metric } from '../core/metric/metric.ts';
import type { PersonSuggestion, SuggestionEvidence } from './cluster-types.ts';
import type { DescribedGroup, GroupedFaces } from './describe-groups.ts';
import { squaredWithin } from './face-matrix.ts';
import type { NearSearch } from './near-rows.ts';

/** Suggestions for one group, and pairs of faces that are shown for each. */
const SUGGESTIONS = 3;
const EVIDENCE = 3;
/** What is less probable than this is not worth a person's question. */
const LEAST_CONFIDENCE = 0.1;
/** Clumps of named people that are looked at for each group. */
const NEAREST = 16;
/** Faces of each side that pairs are looked for among. */
const FACES_SHOWN = 50;

/**
 * Who the nameless may be: the people with names who are near.
 *
 * @remarks A group is compared with the nearest of a person's clumps, over all pairs of faces. The probability is the
 * one that galleries answer with: half of the nameless are strangers, everybody named is as likely as the others.
 */
export async function suggestPeople(
  grouped: GroupedFaces,
  found: { readonly described: readonly DescribedGroup[]; readonly outliers: readonly number[] },
  {
    metric,
    evidence,
    search,
  }: { readonly metric: Metric; readonly evidence: DistanceEvidence; readonly search: NearSearch },
): Promise<PersonSuggestion[]> {
  const { clumps, rules, odds } = grouped;
  const named = found.described.filter(({ group }) => group.personId !== null);
  const namedClumps = named.flatMap((each) => each.clumps);
  const nameless = [
    ...found.described.filter(({ group }) => group.personId === null).flatMap((each) => each.clumps),
    ...found.outliers,
  ];
  if (namedClumps.length === 0 || nameless.length === 0) return [];
  const groupOf = new Map(
    found.described.flatMap(({ group, clumps: own }) => own.map((clump) => [clump, group.id])),
  );
  const limit = odds.largestSquared;
  const near = await search.nearestAmong(clumps.centers(nameless), clumps.centers(namedClumps), {
    count: NEAREST,
    limit,
  });
  return nameless.flatMap((clump, row) => {
    const nearest = new Map<string, { readonly clump: number; readonly distance: number }>();
    for (let i = row * NEAREST; i < (row + 1) * NEAREST && near.rows[i] !== -1; i++) {
      const other = namedClumps[near.rows[i]!]!;
      const person = rules.personOf(other)!;
      if (!rules.mayBe(clump, person)) continue;
      const distance = metric.fromSquared(clumps.meanSquared(clump, other));
      if (distance < (nearest.get(person)?.distance ?? Number.POSITIVE_INFINITY)) {
        nearest.set(person, { clump: other, distance });
      }
    }
    const people = [...nearest.values()].map(({ distance }) => ({ distance, references: 1 }));
    const probabilities = personProbabilities(people, evidence, { enrolled: named.length });
    return [...nearest]
      .map(([personId, { clump: other }], i) => ({ personId, other, confidence: probabilities[i]! }))
      .filter(({ confidence }) => confidence >= LEAST_CONFIDENCE)
      .sort((a, b) => b.confidence - a.confidence)
      .slice(0, SUGGESTIONS)
      .map(({ personId, other, confidence }) => ({
        groupId: groupOf.get(clump) ?? null,
        faceIds: clumps.membersOf(clump).map((member) => grouped.faces[member]!.id),
        personId,
        confidence,
        evidence: nearestPairs(grouped, [clump, other], metric),
      }));
  });
}

/** The nearest pairs of a face of the first clump and a named face of the second. */
function nearestPairs(
  { faces, matrix, clumps }: GroupedFaces,
  [clump, other]: readonly [number, number],
  metric: Metric,
): SuggestionEvidence[] {
  const pairs: SuggestionEvidence[] = [];
  const named = clumps.membersOf(other).filter((row) => faces[row]!.personId !== undefined);
  for (const row of clumps.membersOf(clump).slice(0, FACES_SHOWN)) {
    for (const namedRow of named.slice(0, FACES_SHOWN)) {
      const squared = squaredWithin(matrix, row, { matrix, row: namedRow, limit: Number.POSITIVE_INFINITY });
      pairs.push({
        faceId: faces[row]!.id,
        namedFaceId: faces[namedRow]!.id,
        distance: metric.fromSquared(squared),
      });
    }
  }
  return pairs.sort((a, b) => a.distance - b.distance).slice(0, EVIDENCE);
}
