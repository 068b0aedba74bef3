import { invalidArgument } from '../errors.ts';
import type { MetricName } from '../metric/metric.ts';
import type { DistanceFacts, LengthRule } from './embedder-profile.ts';

/** What an embedder's distances mean, with the length that its embeddings have. */
export type EmbedderDistances = DistanceFacts & { readonly lengthRule: LengthRule | null };

/** What distances mean that are measured in another metric than the embedder's own. */
export interface MeasuredDistances {
  /** In the metric that is measured in. */
  readonly thresholds: DistanceFacts['thresholds'];
  /** In the metric that is measured in: exact at even odds, and as steep there. */
  readonly calibration: DistanceFacts['calibration'];
  /** The embedder's own distance for a measured one: what its evidence speaks of. */
  toOwn(measured: number): number;
}

/**
 * Translates an embedder's thresholds into a metric.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` where the metrics have nothing to do with each other: embeddings of
 * no common length
 * @remarks Of two embeddings of length l at the Euclidean distance e, 1 - cos = e² / 2 l².
 */
export function distancesIn(facts: EmbedderDistances, metric: MetricName): MeasuredDistances {
  const { thresholds, calibration } = facts;
  if (metric === facts.metric) return { thresholds, calibration, toOwn: (distance) => distance };
  if (facts.lengthRule === null) {
    const message = `'${facts.metric}', the metric of an embedder whose embeddings have no common length,`;
    throw invalidArgument(message, 'metric', metric);
  }
  const { length } = facts.lengthRule;
  const toCosine = (euclidean: number) => (euclidean / length) ** 2 / 2;
  const toEuclidean = (cosine: number) => length * Math.sqrt(2 * Math.max(0, cosine));
  const toMeasured = metric === 'cosine' ? toCosine : toEuclidean;
  const { midpoint, scale } = calibration;
  // How fast the embedder's own distance grows with the measured one, where odds are even.
  const growth = metric === 'cosine' ? length ** 2 / midpoint : Math.sqrt(2 * midpoint) / length;
  const entries = Object.entries(thresholds).map(([name, value]) => [name, toMeasured(value)]);
  return {
    thresholds: Object.fromEntries(entries) as DistanceFacts['thresholds'],
    calibration: { midpoint: toMeasured(midpoint), scale: scale * growth },
    toOwn: metric === 'cosine' ? toEuclidean : toCosine,
  };
}
