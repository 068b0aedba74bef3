import type { DistanceFacts } from '../core/embed/embedder-profile.ts';
import { DEFAULT_QUALITY } from '../core/embed/embedding-quality.ts';
import { sameProbability } from '../core/embed/person-probability.ts';
import { invalidArgument } from '../core/errors.ts';
import { metricOf } from '../core/metric/metric.ts';

/** Whether two faces are of the same person. */
export interface FaceVerification {
  readonly same: boolean;
  /** Of the embeddings, in the embedder's metric. */
  readonly distance: number;
  /** At this distance or below it is the same person. */
  readonly maxDistance: number;
  /** That they are one person, both answers equally likely beforehand, 0 .. 1. */
  readonly probability: number;
}

/**
 * Compares the embeddings of two faces.
 *
 * @param profile - of the embedder that made both: `pipeline.profile`
 * @param options - `maxDistance`: at it or below it is the same person. @defaultValue the embedder's `thresholds.verify`
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, `ERR_SHAPE_MISMATCH`
 */
export function verifyFaces(
  [a, b]: readonly [Float32Array, Float32Array],
  profile: DistanceFacts,
  { maxDistance = profile.thresholds.verify }: { readonly maxDistance?: number | undefined } = {},
): FaceVerification {
  if (!(maxDistance >= 0)) throw invalidArgument('a number >= 0', 'options.maxDistance', maxDistance);
  const distance = metricOf(profile.metric).distance(a, b);
  const probability = sameProbability(distance, profile.evidence[DEFAULT_QUALITY]);
  return { same: distance <= maxDistance, distance, maxDistance, probability };
}
