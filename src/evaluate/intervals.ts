import { invalidArgument } from '../core/errors.ts';
import { betaQuantile } from './beta-distribution.ts';

/** Share of confidence that intervals carry unless told otherwise. */
export const DEFAULT_CONFIDENCE = 0.95;

/** A measured share with its uncertainty. */
export interface RateEstimate {
  /** count / trials, 0 .. 1. */
  readonly rate: number;
  readonly count: number;
  readonly trials: number;
  /** Lower end of the interval. */
  readonly low: number;
  /** Upper end of the interval. */
  readonly high: number;
  /** Probability with which such intervals hold the true rate. */
  readonly confidence: number;
  /** How the interval was made. */
  readonly method: 'wilson' | 'clopper-pearson' | 'bootstrap';
}

/**
 * Estimates a rate with the score interval, close to the stated confidence on average.
 *
 * @param count - events seen, integer 0 .. trials
 * @param trials - integer >= 1
 * @param options.confidence - 0 < c < 1. @defaultValue 0.95
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`
 * @remarks Wilson 1927, "Probable inference, the law of succession, and statistical inference".
 */
export function wilsonInterval(
  count: number,
  trials: number,
  options: { confidence?: number | undefined } = {},
): RateEstimate {
  const confidence = checked(count, trials, options.confidence);
  const rate = count / trials;
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const share = (z * z) / trials;
  const center = (rate + share / 2) / (1 + share);
  const half = (z * Math.sqrt((rate * (1 - rate)) / trials + share / (4 * trials))) / (1 + share);
  // At the ends the bound is exact; rounding would leave 1e-17.
  const low = count === 0 ? 0 : Math.max(0, center - half);
  const high = count === trials ? 1 : Math.min(1, center + half);
  return { rate, count, trials, low, high, confidence, method: 'wilson' };
}

/**
 * Estimates a rate with the exact interval, which never covers less than the stated confidence.
 *
 * @param count - events seen, integer 0 .. trials
 * @param trials - integer >= 1
 * @param options.confidence - 0 < c < 1. @defaultValue 0.95
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`
 * @remarks Clopper and Pearson 1934, "The use of confidence or fiducial limits". Both ends leave (1 - c) / 2.
 */
export function clopperPearsonInterval(
  count: number,
  trials: number,
  options: { confidence?: number | undefined } = {},
): RateEstimate {
  const confidence = checked(count, trials, options.confidence);
  const tail = (1 - confidence) / 2;
  const low = count === 0 ? 0 : betaQuantile(tail, { a: count, b: trials - count + 1 });
  const high = upperBound(count, trials, tail);
  return { rate: count / trials, count, trials, low, high, confidence, method: 'clopper-pearson' };
}

/**
 * The largest rate that is still believable after `count` events in `trials`, one-sided and exact.
 *
 * @param options.confidence - 0 < c < 1. @defaultValue 0.95
 * @remarks Clopper and Pearson 1934, upper end alone. With no event it is near 3 / trials at 95 %, the "rule of
 * three" (Hanley and Lippman-Hand 1983).
 */
export function rateUpperBound(
  count: number,
  trials: number,
  options: { confidence?: number | undefined } = {},
): number {
  const confidence = checked(count, trials, options.confidence);
  return upperBound(count, trials, 1 - confidence);
}

/**
 * How many error-free trials it takes to promise that a rate is at most `target`.
 *
 * @param target - 0 < rate < 1
 * @param options.confidence - 0 < c < 1. @defaultValue 0.95
 * @returns the smallest n with (1 - target)^n <= 1 - confidence
 */
export function trialsToPromise(target: number, options: { confidence?: number | undefined } = {}): number {
  if (!(target > 0 && target < 1)) throw invalidArgument('a number between 0 and 1', 'target', target);
  const confidence = checked(0, 1, options.confidence);
  return Math.ceil(Math.log(1 - confidence) / Math.log1p(-target));
}

/**
 * The value below which the given share of the standard normal distribution lies.
 *
 * @param share - 0 < share < 1
 * @remarks Newton's steps on a series for the error function (DLMF 7.6.2), within 1e-10 of the true value.
 */
export function normalQuantile(share: number): number {
  if (!(share > 0 && share < 1)) throw invalidArgument('a number between 0 and 1', 'share', share);
  if (share < 0.5) return -normalQuantile(1 - share);
  let z = 0;
  for (let i = 0; i < 100; i++) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const step = (share - normalShare(z, density)) / density;
    // Far out the density is tiny and a full step would overshoot.
    z += Math.max(-1, Math.min(1, step));
    if (Math.abs(step) < 1e-15) break;
  }
  return z;
}

function normalShare(z: number, density: number): number {
  let term = z;
  let sum = z;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (z * z) / (2 * n + 1);
    sum += term;
  }
  return 0.5 + density * sum;
}

function upperBound(count: number, trials: number, tail: number): number {
  return count === trials ? 1 : betaQuantile(1 - tail, { a: count + 1, b: trials - count });
}

function checked(count: number, trials: number, confidence: number = DEFAULT_CONFIDENCE): number {
  if (!Number.isInteger(trials) || trials < 1) throw invalidArgument('an integer >= 1', 'trials', trials);
  if (!Number.isInteger(count) || count < 0 || count > trials) {
    throw invalidArgument('an integer from 0 to trials', 'count', count);
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw invalidArgument('a number between 0 and 1', 'options.confidence', confidence);
  }
  return confidence;
}
