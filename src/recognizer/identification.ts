import type { ClassifierResult } from '../classify/classifier.ts';
import { DEFAULT_IDENTIFY_MAX_DISTANCE } from '../embed/distance.ts';
import { invalidArgument } from '../errors.ts';

/** Who a face is. */
export interface Identification {
  /** `null` when nobody known is near enough. */
  readonly label: string | null;
  /** Probability of the most probable person, 0 - 1, whether or not it is the label. */
  readonly probability: number;
  /** Euclidean distance to that person's nearest reference; `null` where the classifier gives none. */
  readonly distance: number | null;
  /** The most probable people, best first. */
  readonly candidates: readonly Candidate[];
}

export interface Candidate {
  readonly label: string;
  readonly probability: number;
  readonly distance: number | null;
}

export interface IdentifyOptions {
  /** Somebody farther away is nobody known. @defaultValue {@link DEFAULT_IDENTIFY_MAX_DISTANCE} */
  readonly maxDistance?: number | undefined;
  /** Somebody less probable is nobody known, 0 - 1. @defaultValue that of {@link defaultMinProbability} */
  readonly minProbability?: number | undefined;
}

/**
 * Least probability that names somebody, unless told otherwise.
 *
 * @param kind - of the classifier
 * @returns even odds for 'nearest', whose probabilities leave room for nobody; 0 for 'svm', whose probabilities
 * are shared out among the people it knows and get small where there are many of them: there the distance alone
 * tells a stranger; 0.2, the Python original's threshold, for a foreign classifier, which has no distances
 */
export function defaultMinProbability(kind: string): number {
  if (kind === 'nearest') return 0.5;
  return kind === 'svm' ? 0 : 0.2;
}

const MAX_CANDIDATES = 3;

/**
 * Reads the open-set answer off what a classifier says.
 *
 * @param classifier - its kind, and the people's names in the order of its columns
 * @returns one identification for each embedding
 */
export function toIdentifications(
  result: ClassifierResult,
  classifier: { readonly kind: string; readonly labels: readonly string[] },
  options: IdentifyOptions = {},
): Identification[] {
  const { kind, labels } = classifier;
  // Without distances the probability is all there is to tell a stranger by, whoever made the file.
  const usual = defaultMinProbability(result.distances === null ? 'foreign' : kind);
  const { maxDistance = DEFAULT_IDENTIFY_MAX_DISTANCE, minProbability = usual } = options;
  if (!(maxDistance >= 0)) throw invalidArgument('a number >= 0', 'options.maxDistance', maxDistance);
  if (!(minProbability >= 0 && minProbability <= 1)) {
    throw invalidArgument('a number from 0 to 1', 'options.minProbability', minProbability);
  }
  return Array.from({ length: result.count }, (_, row) => {
    const candidates = bestCandidates(result, labels, row);
    const best = candidates[0]!;
    const isNear = best.distance === null || best.distance <= maxDistance;
    const label = isNear && best.probability >= minProbability ? best.label : null;
    return { label, probability: best.probability, distance: best.distance, candidates };
  });
}

function bestCandidates(result: ClassifierResult, labels: readonly string[], row: number): Candidate[] {
  const k = labels.length;
  const columns = Array.from({ length: k }, (_, column) => column);
  const probabilities = result.probabilities.subarray(row * k, (row + 1) * k);
  const distances = result.distances?.subarray(row * k, (row + 1) * k) ?? null;
  return columns
    .sort((a, b) => probabilities[b]! - probabilities[a]! || (distances ? distances[a]! - distances[b]! : 0))
    .slice(0, MAX_CANDIDATES)
    .map((column) => ({
      label: labels[column]!,
      probability: probabilities[column]!,
      distance: distances ? distances[column]! : null,
    }));
}
