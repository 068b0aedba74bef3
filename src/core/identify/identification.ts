import { type DistanceEvidence, personProbabilities } from '../embed/person-probability.ts';
import { invalidArgument } from '../errors.ts';
import type { ClassifierResult } from './classifier.ts';

/** Who a face is. */
export interface Identification {
  /** `null` when nobody known is near enough. */
  readonly label: string | null;
  /**
   * That the face is the most probable person, 0 - 1, strangers being in the count; whether or not it is the label.
   *
   * @remarks Of a classifier that another program made: its own probability.
   */
  readonly probability: number;
  /** To that person's nearest reference, in the classifier's metric; `null` where the classifier gives none. */
  readonly distance: number | null;
  /** The most probable people, best first. */
  readonly candidates: readonly Candidate[];
}

/**
 * Someone whom a face may be.
 *
 * @typeParam Probability - `number | null` where not everybody who recognizes gives any
 */
export interface Candidate<Probability extends number | null = number> {
  readonly label: string;
  /** 0 - 1. */
  readonly probability: Probability;
  /** Distance to the person's nearest known face; `null` where there is none. */
  readonly distance: number | null;
  /** The person's id in a gallery; absent where people have only names. */
  readonly personId?: string | undefined;
}

export interface IdentifyOptions {
  /** Somebody farther away, in the classifier's metric, is nobody known. @defaultValue `thresholds.identify` of the embedder */
  readonly maxDistance?: number | undefined;
  /** Somebody less probable is nobody known, 0 - 1. @defaultValue that of {@link defaultMinProbability} */
  readonly minProbability?: number | undefined;
}

/**
 * Least probability that names somebody, unless told otherwise.
 *
 * @param kind - of the classifier
 * @returns even odds: who is named is more likely than not the one; 0.2, the Python original's threshold, for a
 * classifier that another program made, whose probabilities are shared out among the people it knows
 */
export function defaultMinProbability(kind: string): number {
  return kind === 'foreign' ? 0.2 : 0.5;
}

/** What is known of the classifier that gave a result. */
export interface IdentifyingClassifier {
  readonly kind: string;
  /** The people's names in the order of its columns. */
  readonly labels: readonly string[];
  /** References that each of them has. @defaultValue one each */
  readonly references?: readonly number[] | undefined;
  /** What its distances say; without it its own probabilities are told. */
  readonly evidence?: DistanceEvidence | undefined;
  /** The distance that the evidence speaks of, for one of the classifier's. @defaultValue the same */
  readonly toOwn?: ((distance: number) => number) | undefined;
  /** Somebody farther away is nobody known, unless told otherwise. */
  readonly maxDistance: number;
}

const MAX_CANDIDATES = 3;

/**
 * Reads the open-set answer off what a classifier says.
 *
 * @returns one identification for each embedding
 * @remarks The probabilities are {@link personProbabilities} of the distances. What the classifier itself calls
 * probable counts only where it gives no distances.
 */
export function toIdentifications(
  result: ClassifierResult,
  classifier: IdentifyingClassifier,
  options: IdentifyOptions = {},
): Identification[] {
  // Without distances the probability is all there is to tell a stranger by, whoever made the file.
  const usual = defaultMinProbability(result.distances === null ? 'foreign' : classifier.kind);
  const { maxDistance = classifier.maxDistance, minProbability = usual } = options;
  if (!(maxDistance >= 0)) throw invalidArgument('a number >= 0', 'options.maxDistance', maxDistance);
  if (!(minProbability >= 0 && minProbability <= 1)) {
    throw invalidArgument('a number from 0 to 1', 'options.minProbability', minProbability);
  }
  return Array.from({ length: result.count }, (_, row) => {
    const candidates = bestCandidates(result, classifier, row);
    const best = candidates[0]!;
    const isNear = best.distance === null || best.distance <= maxDistance;
    const label = isNear && best.probability >= minProbability ? best.label : null;
    return { label, probability: best.probability, distance: best.distance, candidates };
  });
}

function bestCandidates(
  result: ClassifierResult,
  { labels, references, evidence, toOwn = (distance) => distance }: IdentifyingClassifier,
  row: number,
): Candidate[] {
  const k = labels.length;
  const distances = result.distances?.subarray(row * k, (row + 1) * k) ?? null;
  const probabilities =
    distances && evidence
      ? personProbabilities(
          Array.from(distances, (distance, c) => ({
            distance: toOwn(distance),
            references: references?.[c] ?? 1,
          })),
          evidence,
        )
      : result.probabilities.subarray(row * k, (row + 1) * k);
  return Array.from(labels.keys())
    .sort((a, b) => probabilities[b]! - probabilities[a]! || (distances ? distances[a]! - distances[b]! : 0))
    .slice(0, MAX_CANDIDATES)
    .map((column) => ({
      label: labels[column]!,
      probability: probabilities[column]!,
      distance: distances ? distances[column]! : null,
    }));
}
