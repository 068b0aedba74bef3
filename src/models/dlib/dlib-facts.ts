import type { DistanceFacts, EmbedderProfile } from '../../core/embed/embedder-profile.ts';
import type { EmbeddingQuality } from '../../core/embed/embedding-quality.ts';
import type { DistanceEvidence } from '../../core/embed/person-probability.ts';
import { dlibChip } from './chip.ts';

/** Distance below which dlib's embedder means the same person. Source: dlib, dnn_face_recognition_ex.cpp. */
export const DEFAULT_MAX_DISTANCE = 0.6;
/**
 * Distance below which a face is named among enrolled people. A stranger has a chance with every enrolled photo, so
 * this is stricter than between two photos: the inner edge of the margin that the network was trained with, 0.6 -
 * 0.04, within which photos of one person were to lie. Source: dlib, loss_metric's distance threshold and margin.
 */
export const DEFAULT_IDENTIFY_MAX_DISTANCE = 0.56;
/** Name of dlib's ResNet in 32-bit floats, as files of every version have it. */
export const DLIB_EMBEDDER_ID = 'dlib-resnet-v1';
/**
 * Mean length of the embeddings of dlib's ResNet, measured on the faces of Labeled Faces in the Wild, View 2, folds
 * 1 and 2 (1.433). Embeddings of this length keep dlib's decision distance of 0.6.
 */
export const DLIB_MEAN_LENGTH = 1.43;

/**
 * What distances between embeddings of dlib's ResNet say, by the numbers it computes with and by quality.
 *
 * @remarks Learned by `node bench/accuracy/probability-reliability.mjs --fit` from half of the people of Labeled Faces
 * in the Wild, View 2, folds 1 and 2; the other half, and AT&T, judge it (docs/accuracy.md).
 */
const EVIDENCE: Readonly<Record<'fp32' | 'int8', Readonly<Record<EmbeddingQuality, DistanceEvidence>>>> = {
  fp32: {
    fast: { midpoint: 0.629, scale: 50.8, perReference: 1.48 },
    balanced: { midpoint: 0.606, scale: 56.6, perReference: 1.71 },
    best: { midpoint: 0.597, scale: 57, perReference: 1.79 },
  },
  int8: {
    fast: { midpoint: 0.63, scale: 54.6, perReference: 1.59 },
    balanced: { midpoint: 0.613, scale: 55.6, perReference: 1.67 },
    best: { midpoint: 0.603, scale: 56.6, perReference: 1.8 },
  },
};

/**
 * Calibration of classifiers of few people.
 *
 * @remarks The threshold, and the margin of the metric loss that trained the network (`loss_metric` in dlib's
 * dnn_metric_learning_on_images_ex.cpp and dnn/loss_abstract.h): the loss does not end before a pair is 0.04 on its
 * side of 0.6. One margin off the threshold, the odds are e : 1.
 */
export const DLIB_CALIBRATION = { midpoint: DEFAULT_MAX_DISTANCE, scale: 1 / 0.04 } as const;

/**
 * Of 296,684 pairs of strangers, half of the people of Labeled Faces in the Wild, View 2, folds 1 and 2, found by the
 * fast detector, balanced: `node bench/accuracy/embedder-limits.mjs`.
 */
const IMPOSTORS = { mean: 0.84, deviation: 0.0352 } as const;

function distanceFacts(precision: 'fp32' | 'int8'): DistanceFacts {
  return {
    metric: 'euclidean',
    thresholds: {
      verify: DEFAULT_MAX_DISTANCE,
      identify: DEFAULT_IDENTIFY_MAX_DISTANCE,
      // Measured on ten photos of the tests: up to 0.047 for the same photo saved as JPEG of quality 80 and 95, in other
      // formats, or searched with other settings; the nearest of different photos of a person are 0.17 apart.
      samePhoto: 0.05,
      // A picture and its mirror image lie about 0.19 apart, gray and color 0.16: above that it is another picture.
      variation: 0.2,
      // Two photos of a person are about 0.4 apart.
      copy: 0.25,
      // Chance pairs are some 0.8 apart, few more than 1.1.
      farthest: 1.2,
    },
    evidence: EVIDENCE[precision],
    calibration: DLIB_CALIBRATION,
    impostors: IMPOSTORS,
  };
}

/** What is assumed of embedders that nothing is known of, as all were of dlib's family once. */
export const DLIB_FACTS = {
  ...distanceFacts('fp32'),
  lengthRule: { length: DLIB_MEAN_LENGTH, applies: 'when even' },
} as const;

/** Facts of dlib's face recognition ResNet. */
export function dlibEmbedderFacts(
  precision: 'fp32' | 'int8',
): Omit<EmbedderProfile, 'id' | 'sha256' | 'licence'> {
  return {
    ...distanceFacts(precision),
    dimension: 128,
    chip: dlibChip(),
    // The file takes bytes and normalizes them itself.
    input: { colors: 'rgb', normalization: null },
    lengthRule: { length: DLIB_MEAN_LENGTH, applies: 'when even' },
  };
}
