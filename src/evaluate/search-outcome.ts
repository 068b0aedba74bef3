import { invalidArgument } from '../core/errors.ts';
import { type Metric, type MetricName, metricOf } from '../core/metric/metric.ts';
import { canonicalName } from '../core/text/person-name.ts';
import { countUpTo } from './pair-scores.ts';

/** What one probe's search through the gallery gave. */
export interface SearchOutcome {
  /** Names the probe, such as its file. */
  readonly probe: string;
  /** Who it shows. */
  readonly person: string;
  /** Whether that person is in the gallery. */
  readonly enrolled: boolean;
  /** The nearest person of the gallery; null when the probe had no usable face. */
  readonly best: { readonly person: string; readonly distance: number; readonly face: string } | null;
  /** Place of the probe's own person among all people by distance, from 1; null for strangers and failures. */
  readonly rank: number | null;
  /** Distance to the probe's own person; null for strangers and failures. */
  readonly ownDistance: number | null;
}

/** One face with a name. */
export interface NamedFace {
  /** Names the face, such as its file. */
  readonly id: string;
  readonly person: string;
  /** null when no usable face was found. */
  readonly embedding: Float32Array | null;
}

/**
 * Searches each probe in a gallery by its nearest face.
 *
 * @param probes - faces to look up; people who are not in the gallery are strangers
 * @param gallery - at least one face; those without an embedding are left out
 * @param options.leaveOut - 'face' ignores the gallery face with the probe's id, 'person' ignores all faces of the
 * probe's person, which makes a stranger of everybody. @defaultValue 'face'
 * @param options.metric - @defaultValue 'euclidean'
 * @returns one outcome for each probe; ties between people go to the one listed first in the gallery
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` if the gallery has no usable face
 * @remarks In double precision. O(probes * faces).
 */
export function searchGallery(
  probes: readonly NamedFace[],
  gallery: readonly NamedFace[],
  options: { leaveOut?: 'face' | 'person' | undefined; metric?: MetricName | undefined } = {},
): SearchOutcome[] {
  const { leaveOut = 'face', metric = 'euclidean' } = options;
  const { distance } = metricOf(metric);
  const faces = gallery.filter((face) => face.embedding !== null).map(withOneName);
  if (faces.length === 0)
    throw invalidArgument('at least one face with an embedding', 'gallery', faces.length);
  const known = new Set(faces.map((face) => face.person));
  return probes.map(withOneName).map((probe) => {
    const enrolled = leaveOut === 'face' && known.has(probe.person);
    const base = { probe: probe.id, person: probe.person, enrolled };
    const nearest = probe.embedding
      ? nearestByPerson(probe, faces, { leaveOut, distance })
      : new Map<string, Nearest>();
    let best: SearchOutcome['best'] = null;
    for (const [person, { distance, face }] of nearest) {
      if (!best || distance < best.distance) best = { person, distance, face };
    }
    const own = nearest.get(probe.person)?.distance ?? null;
    let rank: number | null = null;
    if (enrolled && own !== null) {
      rank = 1;
      // A stranger at the very same distance stands before: ties must not flatter.
      for (const [person, { distance }] of nearest) if (person !== probe.person && distance <= own) rank++;
    }
    return { ...base, best, rank, ownDistance: enrolled ? own : null };
  });
}

function withOneName(face: NamedFace): NamedFace {
  return { ...face, person: canonicalName(face.person) };
}

interface Nearest {
  readonly distance: number;
  readonly face: string;
}

function nearestByPerson(
  probe: NamedFace,
  faces: readonly NamedFace[],
  { leaveOut, distance: measure }: { leaveOut: 'face' | 'person'; distance: Metric['distance'] },
): Map<string, Nearest> {
  const nearest = new Map<string, Nearest>();
  for (const face of faces) {
    if (leaveOut === 'person' ? face.person === probe.person : face.id === probe.id) continue;
    const distance = measure(probe.embedding!, face.embedding!);
    const before = nearest.get(face.person);
    if (!before || distance < before.distance) nearest.set(face.person, { distance, face: face.id });
  }
  return nearest;
}

/** Distances that decide open-set errors, each side in rising order. */
export interface OpenSetScores {
  /**
   * For each enrolled probe the distance at which it is identified: its nearest person's if that is its own person,
   * else Infinity (it never is, at rank 1).
   */
  readonly hits: Float64Array;
  /** For each stranger the distance of the nearest person; Infinity without a usable face. */
  readonly strangers: Float64Array;
}

/** Sorts outcomes into {@link OpenSetScores}; a probe without a usable face is never identified. */
export function openSetScores(outcomes: readonly SearchOutcome[]): OpenSetScores {
  const hits: number[] = [];
  const strangers: number[] = [];
  for (const { enrolled, rank, best } of outcomes) {
    const distance = best?.distance ?? Number.POSITIVE_INFINITY;
    if (!enrolled) strangers.push(distance);
    else hits.push(rank === 1 ? distance : Number.POSITIVE_INFINITY);
  }
  return { hits: Float64Array.from(hits).sort(), strangers: Float64Array.from(strangers).sort() };
}

/** False positive and false negative identification rates at a threshold; NaN where a side has no probe. */
export function openSetRates(scores: OpenSetScores, maxDistance: number): { fpir: number; fnir: number } {
  // Nobody is identified without a face, however wide the threshold.
  const limit = Math.min(maxDistance, Number.MAX_VALUE);
  return {
    fpir: countUpTo(scores.strangers, limit) / scores.strangers.length,
    fnir: 1 - countUpTo(scores.hits, limit) / scores.hits.length,
  };
}
