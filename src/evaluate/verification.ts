import { createRandom } from '../core/random/random.ts';
import { type ErrorRates, errorRatesAt, type TarAtFar, tarAtFar } from './error-rates.ts';
import { crossValidateThreshold, type FoldProtocolResult, type ScoredPair } from './fold-protocol.ts';
import { DEFAULT_CONFIDENCE } from './intervals.ts';
import type { PairScores } from './pair-scores.ts';
import { areaUnderCurve, type EqualErrorRate, equalErrorRate } from './roc.ts';

/** A comparison of two named pictures. */
export interface VerificationPair extends ScoredPair {
  readonly first: string;
  readonly second: string;
}

/** Options of {@link evaluateVerification}. */
export interface VerificationOptions {
  /** False accept rates to measure the true accept rate at. @defaultValue [0.01, 0.001, 0.0001] */
  readonly fars?: readonly number[] | undefined;
  /** Thresholds of the table. @defaultValue 13, evenly spaced from half of `usualDistance` to one and a half of it */
  readonly thresholds?: readonly number[] | undefined;
  /** The threshold that is usual for the embedder, as its profile has it. @defaultValue that of equal errors */
  readonly usualDistance?: number | undefined;
  /** Of all intervals. @defaultValue 0.95 */
  readonly confidence?: number | undefined;
  /** Bootstrap rounds. @defaultValue 1000 */
  readonly rounds?: number | undefined;
  /** Of the bootstrap. @defaultValue 0 */
  readonly seed?: number | undefined;
  /** Length of each list of errors. @defaultValue 24 */
  readonly worst?: number | undefined;
}

/** Result of {@link evaluateVerification}. */
export interface VerificationResult {
  readonly pairs: { readonly genuine: number; readonly impostor: number; readonly failures: number };
  /** Accuracy with each fold's threshold chosen on the others; null when there is one fold only. */
  readonly protocol: FoldProtocolResult | null;
  readonly auc: number;
  readonly eer: EqualErrorRate;
  readonly tarAtFar: readonly TarAtFar[];
  /** Errors at fixed thresholds. */
  readonly thresholds: readonly ErrorRates[];
  /** Distances of all pairs with two faces. */
  readonly scores: PairScores;
  /** Nearest pairs of two people. */
  readonly worstFalseMatches: readonly VerificationPair[];
  /** Farthest pairs of one person. */
  readonly worstFalseNonMatches: readonly VerificationPair[];
}

/** Rates that verification is usually reported at. */
const DEFAULT_FARS: readonly number[] = [0.01, 0.001, 0.0001];

/** Around the usual distance, in its twelfths. */
function thresholdsAround(usual: number): number[] {
  return Array.from({ length: 13 }, (_, i) => Number(((usual * (6 + i)) / 12).toFixed(4)));
}

/**
 * Measures how well distances tell one person from two.
 *
 * @param pairs - comparisons; those with a null distance are failures to enroll and are left out of AUC, EER, TAR and
 * the threshold table, while `protocol` reports both conventions
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES`, `ERR_INVALID_ARGUMENT`
 */
export function evaluateVerification(
  pairs: readonly VerificationPair[],
  options: VerificationOptions = {},
): VerificationResult {
  const { fars = DEFAULT_FARS, worst = 24 } = options;
  const { confidence = DEFAULT_CONFIDENCE, rounds = 1000, seed = 0 } = options;
  const scored = pairs.filter((pair) => pair.distance !== null);
  const distances = (same: boolean) =>
    Float64Array.from(scored.filter((pair) => pair.same === same).map((pair) => pair.distance!));
  const scores: PairScores = { genuine: distances(true), impostor: distances(false) };
  const eer = equalErrorRate(scores);
  const thresholds = options.thresholds ?? thresholdsAround(options.usualDistance ?? eer.maxDistance);
  const byDistance = scored.slice().sort((a, b) => a.distance! - b.distance!);
  return {
    pairs: {
      genuine: pairs.filter((pair) => pair.same).length,
      impostor: pairs.filter((pair) => !pair.same).length,
      failures: pairs.length - scored.length,
    },
    protocol: new Set(pairs.map((pair) => pair.fold)).size > 1 ? crossValidateThreshold(pairs) : null,
    auc: areaUnderCurve(scores),
    eer,
    // Each rate starts the same random stream, so that adding one changes no other.
    tarAtFar: fars.map((far) => tarAtFar(scores, { far, confidence, rounds, random: createRandom(seed) })),
    thresholds: thresholds.map((maxDistance) => errorRatesAt(scores, { maxDistance, confidence })),
    scores,
    worstFalseMatches: byDistance.filter((pair) => !pair.same).slice(0, worst),
    worstFalseNonMatches: byDistance
      .reverse()
      .filter((pair) => pair.same)
      .slice(0, worst),
  };
}
