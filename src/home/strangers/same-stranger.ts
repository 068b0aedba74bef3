import type { DistanceScale } from '../../gallery/distance-scale.ts';

/** A face by which somebody is known again. */
export interface WeighedFace {
  readonly embedding: Float32Array;
  /** 0 .. 1: better faces weigh more. */
  readonly quality: number;
}

/** What distances mean. */
export type StrangerScale = Pick<DistanceScale, 'distance' | 'toOwn' | 'evidence'>;

/** Faces of less quality than this weigh as this one. */
const LEAST_WEIGHT = 0.05;

/** ln(odds) from which on an appearance is a stranger who was seen before: 10 : 1. */
export const JOIN_LOG_ODDS = Math.log(10);
/** ln(odds) from which on two strangers are one, or an appearance is not its stranger: 50 : 1, as it concerns many. */
export const MERGE_LOG_ODDS = Math.log(50);

/**
 * ln(odds that two sets of faces are one person), where each of some strangers is equally likely to be the one.
 *
 * @param strangers - how many there are to choose from
 * @remarks Bayes' rule with the embedder's evidence. The distance is that of the nearer half of all pairs, weighted by
 * quality: somebody is known again by the faces that were taken alike, and not by one chance hit. That the nearer half
 * is taken of many counts against it, as `perReference` says. Measured by bench/accuracy/strangers.mjs.
 */
export function sameStrangerLogOdds(
  some: readonly WeighedFace[],
  others: readonly WeighedFace[],
  { distance, toOwn, evidence, strangers }: StrangerScale & { readonly strangers: number },
): number {
  const pairs: { readonly squared: number; readonly weight: number }[] = [];
  for (const one of some) {
    for (const other of others) {
      const own = toOwn(distance(one.embedding, other.embedding));
      pairs.push({ squared: own ** 2, weight: weightOf(one) * weightOf(other) });
    }
  }
  if (pairs.length === 0) return Number.NEGATIVE_INFINITY;
  pairs.sort((a, b) => a.squared - b.squared);
  const near = pairs.slice(0, Math.ceil(pairs.length / 2));
  let sum = 0;
  let weights = 0;
  for (const { squared, weight } of near) {
    sum += squared * weight;
    weights += weight;
  }
  const { midpoint, scale, perReference } = evidence;
  const choice = perReference * Math.log(pairs.length / near.length);
  return scale * (midpoint - Math.sqrt(sum / weights)) - choice - Math.log(Math.max(1, strangers));
}

function weightOf({ quality }: WeighedFace): number {
  return Math.max(LEAST_WEIGHT, quality);
}
