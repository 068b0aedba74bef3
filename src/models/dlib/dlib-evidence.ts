import {
  DLIB_MEAN_LENGTH,
  type EmbeddingQuality,
  type EmbeddingRecipe,
  qualityOf,
} from '../../core/embed/embedding-quality.ts';
import type { DistanceEvidence } from '../../core/embed/person-probability.ts';

/**
 * What distances between embeddings of dlib's ResNet say, by embedder and quality.
 *
 * @remarks Learnt by `node bench/accuracy/probability-reliability.mjs --fit` from half of the people of Labeled Faces
 * in the Wild, View 2, folds 1 and 2; the other half, and AT&T, judge it (docs/accuracy.md).
 */
const DLIB_EVIDENCE: Readonly<Record<string, Readonly<Record<EmbeddingQuality, DistanceEvidence>>>> = {
  'dlib-resnet-v1': {
    fast: { midpoint: 0.629, scale: 50.8, perReference: 1.48 },
    balanced: { midpoint: 0.606, scale: 56.6, perReference: 1.71 },
    best: { midpoint: 0.597, scale: 57, perReference: 1.79 },
  },
  'dlib-resnet-v1-int8': {
    fast: { midpoint: 0.63, scale: 54.6, perReference: 1.59 },
    balanced: { midpoint: 0.613, scale: 55.6, perReference: 1.67 },
    best: { midpoint: 0.603, scale: 56.6, perReference: 1.8 },
  },
};

/** What is assumed of distances of an embedder that nothing is known of: that they mean what dlib's do. */
const ASSUMED = DLIB_EVIDENCE['dlib-resnet-v1']!;

/**
 * What the distances of an embedder say.
 *
 * @param embedder - its id; of others than the package's the answer is dlib's
 * @param recipe - how the embeddings were made
 */
export function evidenceOf(embedder: string, recipe: EmbeddingRecipe): DistanceEvidence {
  return (DLIB_EVIDENCE[embedder] ?? ASSUMED)[qualityOf(recipe)];
}

/** The Euclidean distance of two embeddings of dlib's mean length whose cosine distance (1 - cosine) is given. */
export function euclideanFromCosine(distance: number): number {
  return DLIB_MEAN_LENGTH * Math.sqrt(2 * Math.max(0, distance));
}

/** The cosine distance of two embeddings of dlib's mean length whose Euclidean distance is given. */
export function cosineFromEuclidean(distance: number): number {
  return (distance / DLIB_MEAN_LENGTH) ** 2 / 2;
}
