import type { ClassifierFacts } from '../classify/inspect-classifier.ts';
import { distancesIn, type MeasuredDistances } from '../core/embed/distance-facts.ts';
import type { EmbedderProfile } from '../core/embed/embedder-profile.ts';
import { FaceTriggerError } from '../core/errors.ts';
import type { MetricName } from '../core/metric/metric.ts';

/** What the distances of a classifier mean. */
export interface ClassifierDistances extends Omit<MeasuredDistances, 'calibration'> {
  readonly metric: MetricName;
}

/**
 * What a classifier's distances mean among embeddings of an embedder.
 *
 * @param facts - of the classifier. @defaultValue one that measures as the embedder does
 * @throws FaceTriggerError `ERR_MODEL_MISMATCH` where the two metrics cannot be translated into each other
 * @remarks The distances of a file that another program made may be anything, and are taken for the embedder's.
 */
export function classifierDistances(
  profile: EmbedderProfile,
  facts: Pick<ClassifierFacts, 'kind' | 'metric'> | undefined,
): ClassifierDistances {
  const metric = facts === undefined || facts.kind === 'foreign' ? profile.metric : facts.metric;
  try {
    const { thresholds, toOwn } = distancesIn(profile, metric);
    return { metric, thresholds, toOwn };
  } catch (cause) {
    const message =
      `The classifier measures distances by '${metric}', and what such a distance means is not known of embeddings ` +
      `of ${profile.id}, which have no common length: train it with distanceMetric '${profile.metric}'`;
    throw new FaceTriggerError('ERR_MODEL_MISMATCH', message, { cause });
  }
}
