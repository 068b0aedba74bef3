import { expectation, FaceTriggerError, invalidArgument } from '../core/errors.ts';

/** One comparison of two images. */
export interface ScoredPair {
  /** Which fold it belongs to, integer >= 0. */
  readonly fold: number;
  /** Whether both images show one person. */
  readonly same: boolean;
  /** Distance of the embeddings; null when a face could not be found in one of the images. */
  readonly distance: number | null;
}

/** What one fold gave with the threshold of the others. */
export interface FoldResult {
  readonly fold: number;
  /** Chosen on all other folds; never on this one. */
  readonly maxDistance: number;
  /** Share decided rightly of the pairs that have a distance. */
  readonly accuracy: number;
  /** Share decided rightly of all pairs: a pair without a distance counts as an error. */
  readonly accuracyWithFailures: number;
  readonly pairs: number;
  /** Pairs without a distance. */
  readonly failures: number;
}

/** Mean over the folds. */
export interface FoldSummary {
  readonly mean: number;
  /** Standard deviation of the folds' accuracies / sqrt(folds). */
  readonly standardError: number;
}

/** Result of {@link crossValidateThreshold}. */
export interface FoldProtocolResult {
  readonly folds: readonly FoldResult[];
  /** Pairs without a distance left out. */
  readonly excluded: FoldSummary;
  /** Pairs without a distance counted as errors. */
  readonly countedAsErrors: FoldSummary;
}

/**
 * Measures accuracy as Labeled Faces in the Wild's View 2 asks: each fold is decided with the threshold that was
 * best on all the other folds.
 *
 * @param pairs - of two or more folds
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES` if there are fewer than two folds or a fold has no distance
 * @remarks Huang, Ramesh, Berg, Learned-Miller 2007, section on View 2; the standard error uses n - 1. The
 * threshold lies midway between two neighboring distances; among equally good ones the middle one is taken.
 */
export function crossValidateThreshold(pairs: readonly ScoredPair[]): FoldProtocolResult {
  const numbers = [...new Set(pairs.map((pair) => pair.fold))].sort((a, b) => a - b);
  if (numbers.length < 2) {
    throw new FaceTriggerError(
      'ERR_TOO_FEW_SAMPLES',
      expectation('two or more folds', 'pairs', `${numbers.length} fold(s)`),
    );
  }
  const folds = numbers.map((fold) => {
    const maxDistance = bestThreshold(pairs.filter((pair) => pair.fold !== fold));
    const own = pairs.filter((pair) => pair.fold === fold);
    const scored = own.filter((pair) => pair.distance !== null);
    if (scored.length === 0) {
      throw new FaceTriggerError('ERR_TOO_FEW_SAMPLES', `Fold ${fold} has no pair with faces in both images`);
    }
    const right = scored.filter((pair) => pair.distance! <= maxDistance === pair.same).length;
    return {
      fold,
      maxDistance,
      accuracy: right / scored.length,
      accuracyWithFailures: right / own.length,
      pairs: own.length,
      failures: own.length - scored.length,
    };
  });
  return {
    folds,
    excluded: summarize(folds.map((fold) => fold.accuracy)),
    countedAsErrors: summarize(folds.map((fold) => fold.accuracyWithFailures)),
  };
}

/**
 * The threshold that decides most of the pairs rightly.
 *
 * @returns the largest distance to accept; -Infinity when rejecting all is best, Infinity when accepting all is
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES` if no pair has a distance, `ERR_INVALID_ARGUMENT` for NaN
 */
export function bestThreshold(pairs: readonly ScoredPair[]): number {
  const scored = pairs.filter((pair) => pair.distance !== null);
  if (scored.length === 0) {
    throw new FaceTriggerError('ERR_TOO_FEW_SAMPLES', 'No pair has faces in both images');
  }
  if (scored.some((pair) => Number.isNaN(pair.distance)))
    throw invalidArgument('numbers', 'distance', Number.NaN);
  scored.sort((a, b) => a.distance! - b.distance!);
  let right = scored.filter((pair) => !pair.same).length;
  let best = right;
  let candidates = [Number.NEGATIVE_INFINITY];
  for (let i = 0; i < scored.length; ) {
    const distance = scored[i]!.distance!;
    for (; i < scored.length && scored[i]!.distance === distance; i++) right += scored[i]!.same ? 1 : -1;
    const next = scored[i]?.distance;
    const threshold = next == null ? Number.POSITIVE_INFINITY : distance + (next - distance) / 2;
    if (right > best) {
      best = right;
      candidates = [threshold];
    } else if (right === best) {
      candidates.push(threshold);
    }
  }
  return candidates[candidates.length >>> 1]!;
}

function summarize(accuracies: readonly number[]): FoldSummary {
  const mean = accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length;
  const squares = accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (accuracies.length - 1) / accuracies.length) };
}
