import type { DistanceEvidence } from './person-probability.ts';
import { type EmbeddingQuality, type EmbeddingRecipe, qualityOf } from './embedding-quality.ts';

/**
 * What distances between embeddings of dlib's ResNet say, by embedder and quality.
 *
 * @remarks Learnt by `node bench/accuracy/probability-reliability.mjs --fit` from half of the people of Labeled Faces
 * in the Wild, View 2, folds 1 and 2; the other half, and AT&T, judge it (docs/accuracy.md).
 */
const DLIB_EVIDENCE: Readonly<Record<string, Readonly<Record<EmbeddingQuality, DistanceEvidence>>>> = {
  'dlib-resnet-v1': {
    fast: { midpoint: 0.61, scale: 60, perReference: 1.6 },
    balanced: { midpoint: 0.595, scale: 61, perReference: 1.6 },
    best: { midpoint: 0.585, scale: 61, perReference: 1.6 },
  },
  'dlib-resnet-v1-int8': {
    fast: { midpoint: 0.61, scale: 60, perReference: 1.6 },
    balanced: { midpoint: 0.595, scale: 61, perReference: 1.6 },
    best: { midpoint: 0.585, scale: 61, perReference: 1.6 },
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
export function evidenceOf(embedder: string | undefined, recipe: EmbeddingRecipe): DistanceEvidence {
  return (DLIB_EVIDENCE[embedder ?? ''] ?? ASSUMED)[qualityOf(recipe)];
}
