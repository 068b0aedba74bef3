import type { DistanceEvidence } from '../core/embed/person-probability.ts';
import type { Metric } from '../core/metric/metric.ts';
import type { Clumps } from './clumps.ts';

/** Share of the difference in reach that counts: half, so that a pair is measured against the mean of its two sides. */
const REACH_SHARE = 0.5;
/** A person with thousands of photos crowds about itself: no reach may say more than 20 : 1. */
const MOST_BY_REACH = Math.log(20);

/** What the mean distance between two clumps says. */
export interface SamePersonOdds {
  /** ln(odds that two living clumps are one person), by their mean squared distance. */
  logOdds(a: number, b: number, squared: number): number;
  /** As {@link SamePersonOdds.logOdds}, for one of a clump's `size` faces against the others of it. */
  memberLogOdds(clump: number, squared: number): number;
  /** At larger mean squared distances nothing is one person. */
  readonly largestSquared: number;
}

/**
 * Bayes' rule over "the same person" and "two people", for any two clumps.
 *
 * @param options.faces - how many there are in all
 * @param options.reach - the middle one of all faces' reaches
 * @remarks The likelihood ratio of a distance is the profile's. A clump of faces that others crowd about (people whom
 * the network tells apart badly, tiny faces) needs to be nearer: its reach is compared with that of most. The prior is
 * how often a face drawn at random is one of the clumps' other faces: (a + b - 1) / faces, so that two single faces of a
 * large collection have to be very alike, and somebody who is on many photos is readily seen again. Its form
 * was chosen among many by looking at the collections that docs/accuracy.md judges it on (decision 025).
 */
export function samePersonOdds(
  clumps: Clumps,
  {
    evidence,
    metric,
    faces,
    reach,
  }: {
    readonly evidence: DistanceEvidence;
    readonly metric: Metric;
    readonly faces: number;
    readonly reach: number;
  },
): SamePersonOdds {
  const { midpoint, scale } = evidence;
  const byReach = (mean: number) =>
    Math.max(-MOST_BY_REACH, Math.min(MOST_BY_REACH, scale * REACH_SHARE * (mean - reach)));
  const odds = (squared: number, mean: number, others: number) =>
    scale * (midpoint - metric.fromSquared(squared)) + byReach(mean) + Math.log(others / faces);
  return {
    logOdds: (a, b, squared) =>
      odds(squared, (clumps.reachOf(a) + clumps.reachOf(b)) / 2, clumps.sizeOf(a) + clumps.sizeOf(b) - 1),
    memberLogOdds: (clump, squared) => odds(squared, clumps.reachOf(clump), clumps.sizeOf(clump) - 1),
    largestSquared: squaredOf(midpoint + MOST_BY_REACH / scale, metric),
  };
}

/** The squared distance of prepared vectors that is a distance in the metric: `fromSquared` the other way round. */
function squaredOf(distance: number, metric: Metric): number {
  // fromSquared grows: bisection needs to know nothing else of a metric.
  let low = 0;
  let high = 1;
  while (metric.fromSquared(high) < distance && high < Number.MAX_VALUE / 4) high *= 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (metric.fromSquared(middle) < distance) low = middle;
    else high = middle;
  }
  return high;
}
