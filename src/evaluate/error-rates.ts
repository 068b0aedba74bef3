import { invalidArgument } from '../core/errors.ts';
import type { Random } from '../core/random/random.ts';
import { percentileInterval } from './bootstrap.ts';
import { clopperPearsonInterval, DEFAULT_CONFIDENCE, type RateEstimate } from './intervals.ts';
import { countUpTo, type PairScores, sortScores } from './pair-scores.ts';

/** What one threshold does to a set of pairs. */
export interface ErrorRates {
  readonly maxDistance: number;
  /** False match rate: impostor pairs accepted. Clopper-Pearson interval. */
  readonly fmr: RateEstimate;
  /** False non-match rate: genuine pairs rejected. Clopper-Pearson interval. */
  readonly fnmr: RateEstimate;
  /** Share of all pairs decided rightly, 0 .. 1. */
  readonly accuracy: number;
}

/**
 * Counts the errors at one threshold.
 *
 * @param options.maxDistance - pairs at this distance or nearer are accepted
 * @param options.confidence - of the intervals. @defaultValue 0.95
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES`, `ERR_INVALID_ARGUMENT`
 */
export function errorRatesAt(
  scores: PairScores,
  options: { maxDistance: number; confidence?: number | undefined },
): ErrorRates {
  const { genuine, impostor } = sortScores(scores);
  const { maxDistance, confidence = DEFAULT_CONFIDENCE } = options;
  const falseMatches = countUpTo(impostor, maxDistance);
  const misses = genuine.length - countUpTo(genuine, maxDistance);
  return {
    maxDistance,
    fmr: clopperPearsonInterval(falseMatches, impostor.length, { confidence }),
    fnmr: clopperPearsonInterval(misses, genuine.length, { confidence }),
    accuracy: 1 - (falseMatches + misses) / (genuine.length + impostor.length),
  };
}

/** Options of {@link tarAtFar}. */
export interface TarAtFarOptions {
  /** The false match rate that must not be exceeded, 0 < rate < 1. */
  readonly far: number;
  /** Of the interval. @defaultValue 0.95 */
  readonly confidence?: number | undefined;
  /** Rounds of the bootstrap, 0 for none. @defaultValue 1000 */
  readonly rounds?: number | undefined;
  /** The bootstrap's random numbers; needed when rounds > 0. */
  readonly random?: Random | undefined;
}

/** How many genuine pairs pass when false matches are held at a rate. */
export interface TarAtFar {
  readonly far: number;
  /** True accept rate, 0 .. 1. */
  readonly tar: number;
  /** The largest observed distance whose false match rate is <= far; -Infinity when none is. */
  readonly maxDistance: number;
  /** Impostor pairs that may pass: floor(far * impostor pairs). */
  readonly falseMatchesAllowed: number;
  /**
   * Whether there are enough impostor pairs to see the rate at all. If not, `tar` is what passes with no false
   * match among the pairs there are: an upper estimate of nothing smaller than 1 / pairs.
   */
  readonly resolved: boolean;
  /** Clopper-Pearson interval of the rate at this very threshold. */
  readonly interval: RateEstimate;
  /** Percentile bootstrap over the pairs, threshold chosen anew in each round; null when rounds is 0. */
  readonly bootstrap: { readonly low: number; readonly high: number; readonly rounds: number } | null;
}

/**
 * Measures the true accept rate at a fixed false accept rate.
 *
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES`, `ERR_INVALID_ARGUMENT`
 * @remarks No interpolation: the threshold is one that the data supports. O(n log n + rounds * n).
 */
export function tarAtFar(scores: PairScores, options: TarAtFarOptions): TarAtFar {
  const { far, confidence = DEFAULT_CONFIDENCE, rounds = 1000, random } = options;
  if (!(far > 0 && far < 1)) throw invalidArgument('a number between 0 and 1', 'options.far', far);
  const { genuine, impostor } = sortScores(scores);
  const falseMatchesAllowed = allowedFalseMatches(far, impostor.length);
  // All distances below the first impostor that is one too many may be accepted.
  const limit = impostor[falseMatchesAllowed] ?? Number.POSITIVE_INFINITY;
  const accepted = countBelow(genuine, limit);
  const impostorsAccepted = countBelow(impostor, limit);
  const maxDistance = Math.max(
    genuine[accepted - 1] ?? Number.NEGATIVE_INFINITY,
    impostor[impostorsAccepted - 1] ?? Number.NEGATIVE_INFINITY,
  );
  const tails = rounds > 0 ? bootstrapTar(genuine, impostor, { far, confidence, rounds, random }) : null;
  return {
    far,
    tar: accepted / genuine.length,
    maxDistance,
    falseMatchesAllowed,
    resolved: falseMatchesAllowed >= 1,
    interval: clopperPearsonInterval(accepted, genuine.length, { confidence }),
    bootstrap: tails,
  };
}

// 0.001 * 3000 is 3 but a product such as 0.0001 * 70000 may come out a hair below 7.
function allowedFalseMatches(far: number, impostors: number): number {
  return Math.floor(far * impostors + 1e-9);
}

function countBelow(rising: Float64Array, limit: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rising[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function bootstrapTar(
  genuine: Float64Array,
  impostor: Float64Array,
  options: { far: number; confidence: number; rounds: number; random: Random | undefined },
): { low: number; high: number; rounds: number } {
  const { far, confidence, rounds, random } = options;
  if (!random) throw invalidArgument('a Random while rounds > 0', 'options.random', random);
  const allowed = allowedFalseMatches(far, impostor.length);
  const tars = new Float64Array(rounds);
  const drawn = new Int32Array(impostor.length);
  for (let round = 0; round < rounds; round++) {
    // Counting the draws of each sorted distance gives the resampled order without sorting again.
    drawn.fill(0);
    for (let i = 0; i < impostor.length; i++) drawn[random.int(impostor.length)]!++;
    let at = 0;
    for (let passed = 0; at < impostor.length; at++) {
      passed += drawn[at]!;
      if (passed > allowed) break;
    }
    const limit = impostor[at] ?? Number.POSITIVE_INFINITY;
    const below = countBelow(genuine, limit);
    let accepted = 0;
    for (let i = 0; i < genuine.length; i++) if (random.int(genuine.length) < below) accepted++;
    tars[round] = accepted / genuine.length;
  }
  return { ...percentileInterval(tars, confidence), rounds };
}
