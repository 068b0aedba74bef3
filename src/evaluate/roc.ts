import { type PairScores, sortScores } from './pair-scores.ts';

/** The receiver operating characteristic of a verification test, one point for each distinct distance. */
export interface RocCurve {
  /** Largest accepted distance of each point, rising; the first is -Infinity (nothing accepted). */
  readonly maxDistances: Float64Array;
  /** False match rate: share of impostor pairs accepted, 0 .. 1, rising. */
  readonly fmr: Float64Array;
  /** False non-match rate: share of genuine pairs rejected, 0 .. 1, falling. The true accept rate is 1 - fnmr. */
  readonly fnmr: Float64Array;
}

/**
 * Draws the whole trade-off between false matches and false non-matches.
 *
 * @param scores - at least one distance on both sides
 * @returns a point for "accept nothing" and one for every distinct distance
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES`, `ERR_INVALID_ARGUMENT`
 * @remarks O(n log n).
 */
export function rocCurve(scores: PairScores): RocCurve {
  const { genuine, impostor } = sortScores(scores);
  const size = genuine.length + impostor.length + 1;
  const maxDistances = new Float64Array(size);
  const fmr = new Float64Array(size);
  const fnmr = new Float64Array(size);
  maxDistances[0] = Number.NEGATIVE_INFINITY;
  fnmr[0] = 1;
  let points = 1;
  let g = 0;
  let i = 0;
  while (g < genuine.length || i < impostor.length) {
    const distance = Math.min(
      genuine[g] ?? Number.POSITIVE_INFINITY,
      impostor[i] ?? Number.POSITIVE_INFINITY,
    );
    while (g < genuine.length && genuine[g]! <= distance) g++;
    while (i < impostor.length && impostor[i]! <= distance) i++;
    maxDistances[points] = distance;
    fmr[points] = i / impostor.length;
    fnmr[points] = 1 - g / genuine.length;
    points++;
  }
  return {
    maxDistances: maxDistances.slice(0, points),
    fmr: fmr.slice(0, points),
    fnmr: fnmr.slice(0, points),
  };
}

/**
 * Area under the ROC curve: the chance that a genuine pair is nearer than an impostor pair, ties counted half.
 *
 * @returns 0 .. 1; 0.5 is guessing
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES`, `ERR_INVALID_ARGUMENT`
 * @remarks Exact, from whole counts: the statistic of Mann and Whitney 1947 divided by the number of pairs.
 */
export function areaUnderCurve(scores: PairScores): number {
  const { genuine, impostor } = sortScores(scores);
  let halves = 0;
  let below = 0;
  let upTo = 0;
  for (const distance of impostor) {
    while (below < genuine.length && genuine[below]! < distance) below++;
    while (upTo < genuine.length && genuine[upTo]! <= distance) upTo++;
    halves += below + upTo;
  }
  return halves / (2 * genuine.length * impostor.length);
}

/** The point where both kinds of error are equally frequent. */
export interface EqualErrorRate {
  /** False match rate = false non-match rate, 0 .. 1. */
  readonly eer: number;
  /** The largest accepted distance there. */
  readonly maxDistance: number;
}

/**
 * Finds the equal error rate on the ROC curve, drawn with straight lines between its points.
 *
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES`, `ERR_INVALID_ARGUMENT`
 */
export function equalErrorRate(scores: PairScores): EqualErrorRate {
  const { maxDistances, fmr, fnmr } = rocCurve(scores);
  // At the last point everything is accepted: fmr 1, fnmr 0. So the lines always cross.
  let right = 1;
  while (fmr[right]! < fnmr[right]!) right++;
  const gapBefore = fnmr[right - 1]! - fmr[right - 1]!;
  const gapAfter = fmr[right]! - fnmr[right]!;
  const share = gapBefore / (gapBefore + gapAfter);
  const eer = fmr[right - 1]! + share * (fmr[right]! - fmr[right - 1]!);
  const before = maxDistances[right - 1]!;
  const after = maxDistances[right]!;
  return { eer, maxDistance: Number.isFinite(before) ? before + share * (after - before) : after };
}
