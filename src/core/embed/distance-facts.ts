import { invalidArgument } from '../errors.ts';
import type { MetricName } from '../metric/metric.ts';
import type { DistanceFacts, LengthRule } from './embedder-profile.ts';

/** What an embedder's distances mean, with the length that its embeddings have. */
export type EmbedderDistances = DistanceFacts & { readonly lengthRule: LengthRule | null };

/** What distances mean that are measured in another metric than the embedder's own. */
export interface MeasuredDistances {
  /** In the metric that is measured in. */
  readonly thresholds: DistanceFacts['thresholds'];
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
  if (metric === facts.metric) return { thresholds: facts.thresholds, toOwn: (distance) => distance };
  if (facts.lengthRule === null) {
    const message = `'${facts.metric}', the metric of an embedder whose embeddings have no common length,`;
    throw invalidArgument(message, 'metric', metric);
  }
  const { length } = facts.lengthRule;
  const toCosine = (euclidean: number) => (euclidean / length) ** 2 / 2;
  const toEuclidean = (cosine: number) => length * Math.sqrt(2 * Math.max(0, cosine));
  const toMeasured = metric === 'cosine' ? toCosine : toEuclidean;
  const entries = Object.entries(facts.thresholds).map(([name, value]) => [name, toMeasured(value)]);
  return {
    thresholds: Object.fromEntries(entries) as DistanceFacts['thresholds'],
    toOwn: metric === 'cosine' ? toEuclidean : toCosine,
  };
}
