import { givenCalibration } from '../classify/distance-calibration.ts';
import { distancesIn, type EmbedderDistances } from '../core/embed/distance-facts.ts';
import { DEFAULT_QUALITY } from '../core/embed/embedding-quality.ts';
import type { DistanceEvidence } from '../core/embed/person-probability.ts';
import { type MetricName, metricOf } from '../core/metric/metric.ts';

/** What the distances of a gallery mean. Distances given and told are of the gallery's own metric. */
export interface DistanceScale {
  /** Farther away is nobody known, unless somebody says otherwise. */
  readonly maxDistance: number;
  /** Up to here two faces are one photo: saved again, or the next frame of a video. */
  readonly samePhotoDistance: number;
  /** Copies of one photo are nearer, however they are cut and compressed. */
  readonly copyDistance: number;
  /** Strangers are hardly ever farther away: where a chart of distances may end. */
  readonly range: number;
  /** Between two embeddings. */
  distance(a: Float32Array, b: Float32Array): number;
  /** What the evidence says, of {@link DistanceScale.judged} distances. */
  readonly evidence: DistanceEvidence;
  /** A distance as the evidence measures it. */
  judged(distance: number): number;
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
  return {
    maxDistance: thresholds.identify,
    samePhotoDistance: thresholds.samePhoto,
    copyDistance: thresholds.copy,
    range: thresholds.farthest,
    distance: metricOf(metric).distance,
    ...(calibration
      ? { evidence: { ...givenCalibration(calibration), perReference: 0 }, judged: (distance) => distance }
      : // Faces come from pipelines, which embed so.
        { evidence: facts.evidence[DEFAULT_QUALITY], judged: toOwn }),
  };
}
