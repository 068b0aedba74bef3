import { expectation, FaceTriggerError, invalidArgument } from '../core/errors.ts';

/** P(positive | f) = 1 / (1 + exp(slope * f + offset)); the slope is negative where higher f speaks for it. */
export interface SigmoidCalibration {
  /** Platt's A. */
  readonly slope: number;
  /** Platt's B. */
  readonly offset: number;
}

/** Options of {@link fitSigmoid}. */
export interface FitSigmoidOptions {
  /** Weight of each sample, >= 0; all 1 if not given. The target values count samples, not weights. */
  readonly weights?: ArrayLike<number> | undefined;
}

/** Newton's method ends in about ten steps; Lin, Lin and Weng allow 100. */
const MAX_STEPS = 100;
/** Added to the diagonal of the Hessian so that it can always be inverted (Lin, Lin and Weng 2007). */
const RIDGE = 1e-12;

/**
 * Fits Platt's sigmoid to scores.
 *
 * @param scores - n finite decision values
 * @param positive - n flags, true (or non-zero) for samples of the class
 * @returns the minimum of the cross entropy against targets (n₊ + 1) / (n₊ + 2) and 1 / (n₋ + 2)
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH` for arrays of different length, `ERR_INVALID_ARGUMENT` for
 * scores that are not finite
 * @remarks The objective of scikit-learn's `_sigmoid_calibration` (Platt 1999, section 2.2), minimized by
 * Newton's method with backtracking on the stable form of the loss (Lin, Lin and Weng 2007, appendix C).
 */
export function fitSigmoid(
  scores: ArrayLike<number>,
  positive: ArrayLike<number | boolean>,
  options: FitSigmoidOptions = {},
): SigmoidCalibration {
  const n = scores.length;
  if (positive.length !== n || (options.weights && options.weights.length !== n)) {
    throw new FaceTriggerError(
      'ERR_SHAPE_MISMATCH',
      expectation(`${n} flags and weights`, 'positive', positive.length),
    );
  }
  for (let i = 0; i < n; i++) {
    if (!Number.isFinite(scores[i])) throw invalidArgument('a finite number', `scores[${i}]`, scores[i]);
  }
  let positives = 0;
  for (let i = 0; i < n; i++) if (positive[i]) positives += 1;
  const negatives = n - positives;
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (negatives + 2);
  const problem: Problem = {
    scores,
    targets: Float64Array.from({ length: n }, (_, i) => (positive[i] ? high : low)),
    weights: options.weights ?? new Float64Array(n).fill(1),
  };

  let slope = 0;
  let offset = Math.log((negatives + 1) / (positives + 1));
  let loss = lossOf(problem, slope, offset);
  for (let step = 0; step < MAX_STEPS; step++) {
    const { gradient, hessian } = derivatives(problem, slope, offset);
    const [ga, gb] = gradient;
    const [haa, hab, hbb] = hessian;
    const determinant = haa * hbb - hab * hab;
    const da = -(hbb * ga - hab * gb) / determinant;
    const db = -(haa * gb - hab * ga) / determinant;
    const decrease = -(ga * da + gb * db);
    // Below this share of the loss the decrease is lost in rounding: the minimum is reached.
    if (!(decrease > 1e-15 * loss)) break;
    let t = 1;
    let next = lossOf(problem, slope + da, offset + db);
    while (next > loss - 1e-4 * t * decrease && t > 1e-10) {
      t /= 2;
      next = lossOf(problem, slope + t * da, offset + t * db);
    }
    if (next >= loss && t <= 1e-10) break;
    slope += t * da;
    offset += t * db;
    loss = next;
  }
  return { slope, offset };
}

/** P(positive | score), in 0 .. 1. */
export function sigmoidProbability(calibration: SigmoidCalibration, score: number): number {
  return logistic(-(calibration.slope * score + calibration.offset));
}

/** 1 / (1 + exp(-x)) without overflow. */
export function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

interface Problem {
  readonly scores: ArrayLike<number>;
  readonly targets: Float64Array;
  readonly weights: ArrayLike<number>;
}

function lossOf({ scores, targets, weights }: Problem, slope: number, offset: number): number {
  let loss = 0;
  for (let i = 0; i < targets.length; i++) {
    const z = slope * scores[i]! + offset;
    const target = targets[i]!;
    loss +=
      weights[i]! *
      (z >= 0 ? target * z + Math.log1p(Math.exp(-z)) : (target - 1) * z + Math.log1p(Math.exp(z)));
  }
  return loss;
}

function derivatives(
  { scores, targets, weights }: Problem,
  slope: number,
  offset: number,
): { readonly gradient: readonly [number, number]; readonly hessian: readonly [number, number, number] } {
  let ga = 0;
  let gb = 0;
  let haa = RIDGE;
  let hab = 0;
  let hbb = RIDGE;
  for (let i = 0; i < targets.length; i++) {
    const score = scores[i]!;
    const p = logistic(-(slope * score + offset));
    const residual = weights[i]! * (targets[i]! - p);
    const curvature = weights[i]! * p * (1 - p);
    ga += residual * score;
    gb += residual;
    haa += curvature * score * score;
    hab += curvature * score;
    hbb += curvature;
  }
  return { gradient: [ga, gb], hessian: [haa, hab, hbb] };
}
