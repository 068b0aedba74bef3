import { givenCalibration } from '../classify/distance-calibration.ts';
import {
  cosineSimilarity,
  DEFAULT_IDENTIFY_MAX_DISTANCE,
  euclideanDistance,
  SAME_PHOTO_DISTANCE,
} from '../core/embed/distance.ts';
import { DEFAULT_PIPELINE_QUALITY, embeddingRecipe } from '../core/embed/embedding-quality.ts';
import type { DistanceEvidence } from '../core/embed/person-probability.ts';
import { cosineFromEuclidean, euclideanFromCosine, evidenceOf } from '../models/dlib/dlib-evidence.ts';
import type { GallerySettings } from './stores/gallery-store.ts';

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

/** Copies of a photo that were cut and compressed; two photos of a person are about 0.4 apart. */
const COPY_DISTANCE = 0.25;
/** How far strangers of dlib's network lie: chance pairs are some 0.8 apart, few more than 1.1. */
const EUCLIDEAN_RANGE = 1.2;

/**
 * The scale of an embedder's distances in a gallery's metric.
 *
 * @param calibration - what the gallery's own distances say, where that is better known
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a calibration that is none
 */
export function distanceScale(
  { embedder, metric }: GallerySettings,
  calibration?: { readonly midpoint: number; readonly scale: number } | undefined,
): DistanceScale {
  // What is known was measured in Euclidean distances, of faces as pipelines embed them.
  const toOwn = metric === 'cosine' ? cosineFromEuclidean : same;
  return {
    maxDistance: toOwn(DEFAULT_IDENTIFY_MAX_DISTANCE),
    samePhotoDistance: toOwn(SAME_PHOTO_DISTANCE),
    copyDistance: toOwn(COPY_DISTANCE),
    range: toOwn(EUCLIDEAN_RANGE),
    distance: metric === 'cosine' ? cosineDistance : euclideanDistance,
    ...(calibration
      ? { evidence: { ...givenCalibration(calibration), perReference: 0 }, judged: same }
      : {
          evidence: evidenceOf(embedder.id, embeddingRecipe({ quality: DEFAULT_PIPELINE_QUALITY })),
          judged: metric === 'cosine' ? euclideanFromCosine : same,
        }),
  };
}

function cosineDistance(a: Float32Array, b: Float32Array): number {
  return 1 - cosineSimilarity(a, b);
}

function same(distance: number): number {
  return distance;
}
