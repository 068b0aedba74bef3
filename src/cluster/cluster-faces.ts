import { DEFAULT_QUALITY, EMBEDDING_QUALITIES } from '../core/embed/embedding-quality.ts';
import { invalidArgument } from '../core/errors.ts';
import { metricOf } from '../core/metric/metric.ts';
import { throwIfAborted } from '../core/throw-if-aborted.ts';
import { agglomerate } from './agglomerate.ts';
import { Clumps } from './clumps.ts';
import { assertState, isGroupedAnew, startParts } from './cluster-state.ts';
import type { ClusterFace, ClusterOptions, ClusterResult } from './cluster-types.ts';
import { describeGroups } from './describe-groups.ts';
import { faceMatrix } from './face-matrix.ts';
import { assertNoContradiction, IdentityRules } from './identity-rules.ts';
import { lookAgain, lookAround } from './look-around.ts';
import { openNearSearch } from './near-search.ts';
import { samePersonOdds } from './same-person-odds.ts';
import { suggestPeople } from './suggest-people.ts';

/** Faces of less quality than this weigh as this one: a few bad faces are still better than none. */
const LEAST_WEIGHT = 0.05;
/** The first compares faces, the second what they became: a third finds next to nothing. */
const ROUNDS = 2;

/**
 * Groups faces by person: the nameless, and those that somebody named.
 *
 * @param faces - all faces there are: new ones, those that `state` knows, and what was decided about each until now.
 * Those of `state` that are left out are forgotten
 * @returns groups, faces that stand alone, who a group may be, and the state for the next call
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, `ERR_SHAPE_MISMATCH` for embeddings of different lengths,
 * `ERR_ABORTED`
 * @remarks With a state, groups are only changed by what is new: a new face joins the group that it belongs to, two
 * groups become one where new faces show that they are one person, and a group gives faces away only where a decision
 * says so. A collection that has doubled is grouped anew, and what is then most of an old group keeps its id. How it works and why: docs/decisions/025-clustering.md. The same faces in the same order give the same groups.
 */
export async function clusterFaces(
  faces: readonly ClusterFace[],
  options: ClusterOptions,
): Promise<ClusterResult> {
  assertFaces(faces);
  const { profile, embeddingQuality = DEFAULT_QUALITY, state, neighbors, runtime, signal } = options;
  if (!Object.hasOwn(EMBEDDING_QUALITIES, embeddingQuality)) {
    throw invalidArgument("'fast', 'balanced' or 'best'", 'options.embeddingQuality', embeddingQuality);
  }
  if (state !== undefined) assertState(state);
  const metric = metricOf(profile.metric);
  const evidence = profile.evidence[embeddingQuality];
  const matrix = faceMatrix(faces, metric);
  const weights = Float64Array.from(faces, ({ quality = 1 }) => Math.max(LEAST_WEIGHT, quality));
  const parts = startParts(faces, state);
  const rowsOfParts = parts.map(({ rows }) => rows);
  const clumps = new Clumps(matrix, weights, rowsOfParts);
  const rules = new IdentityRules(rowsOfParts.map((rows) => rows.map((row) => faces[row]!)));
  await using search = await openNearSearch(runtime, matrix.columns);
  const known = { reach: state?.reach ?? null, neighbors, search, signal };
  const around = { faces, matrix, metric, parts, clumps, ...known };
  let { candidates, reach } = await lookAround(around);
  const odds = samePersonOdds(clumps, { evidence, metric, faces: faces.length, reach });
  const anew = isGroupedAnew(faces.length, state);
  for (let round = 0; round < ROUNDS && !candidates.isEmpty; round++) {
    throwIfAborted(signal, 'The grouping');
    const grown = agglomerate({ clumps, rules, odds }, candidates);
    if (grown.length === 0) break;
    const alive = clumps.alive();
    candidates = await lookAgain(clumps, anew ? alive : grown, {
      among: alive,
      limit: odds.largestSquared,
      search,
    });
  }
  throwIfAborted(signal, 'The grouping');
  const grouped = {
    faces,
    parts,
    matrix,
    weights,
    clumps,
    rules,
    odds,
    reach,
    groupedAnew: anew ? faces.length : state!.grouped,
  };
  const { described, outliers, state: ended } = describeGroups(grouped, state?.next ?? 1);
  const rows = outliers.map((clump) => clumps.membersOf(clump)[0]!).sort((a, b) => a - b);
  return {
    groups: described.map(({ group }) => group),
    outliers: rows.map((row) => faces[row]!.id),
    suggestions: await suggestPeople(grouped, { described, outliers }, { metric, evidence, search }),
    state: ended,
  };
}

function assertFaces(faces: readonly ClusterFace[]): void {
  const ids = new Set<string>();
  for (const face of faces) {
    const { id, quality = 1 } = face;
    if (typeof id !== 'string' || id === '') throw invalidArgument('a text', 'the id of a face', id);
    if (ids.has(id)) throw invalidArgument('ids that differ', 'faces', id);
    ids.add(id);
    if (!(quality >= 0 && quality <= 1))
      throw invalidArgument('0 .. 1', `the quality of face '${id}'`, quality);
    assertNoContradiction(face);
  }
}
