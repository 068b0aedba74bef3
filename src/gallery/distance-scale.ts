import { givenCalibration } from '../classify/distance-calibration.ts';
import { distancesIn, type EmbedderDistances, type MeasuredDistances } from '../core/embed/distance-facts.ts';
import { DEFAULT_QUALITY } from '../core/embed/embedding-quality.ts';
import type { DistanceEvidence } from '../core/embed/person-probability.ts';
import { type MetricName, metricOf } from '../core/metric/metric.ts';

/** What the distances of a gallery mean, in the gallery's own metric. */
export interface DistanceScale extends Omit<MeasuredDistances, 'calibration'> {
  /** Between two embeddings. */
  distance(a: Float32Array, b: Float32Array): number;
  /** What the evidence says, of distances in its own metric: see {@link MeasuredDistances.toOwn}. */
  readonly evidence: DistanceEvidence;
  /** The metric of the distances that the evidence speaks of. */
  readonly evidenceMetric: MetricName;
}

/**
 * The scale of an embedder's distances in a gallery's metric.
 *
 * @param facts - of the embedder
 * @param calibration - what the gallery's own distances say, where that is better known
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a calibration that is none, or a metric that the embedder's
 * distances cannot be translated to
 */
export function distanceScale(
  facts: EmbedderDistances,
  metric: MetricName,
  calibration?: { readonly midpoint: number; readonly scale: number } | undefined,
): DistanceScale {
  const { thresholds, toOwn } = distancesIn(facts, metric);
  const { distance } = metricOf(metric);
  // Faces come from pipelines, which embed so.
  if (!calibration) {
    const evidence = facts.evidence[DEFAULT_QUALITY];
    return { thresholds, distance, toOwn, evidence, evidenceMetric: facts.metric };
  }
  const evidence = { ...givenCalibration(calibration), perReference: 0 };
  return { thresholds, distance, evidence, evidenceMetric: metric, toOwn: (own) => own };
}

/**
 * The same of facts that may have to be asked for. What is known is used at once, so that what is wrong with it is told
 * early; the rest the first time that it is needed.
 */
export function distanceScaleOf(
  facts: EmbedderDistances | (() => EmbedderDistances),
  metric: MetricName,
  calibration?: { readonly midpoint: number; readonly scale: number } | undefined,
): () => DistanceScale {
  if (typeof facts !== 'function') {
    const scale = distanceScale(facts, metric, calibration);
    return () => scale;
  }
  let scale: DistanceScale | undefined;
  return () => {
    scale ??= distanceScale(facts(), metric, calibration);
    return scale;
  };
}
