import type { AlignedFace } from '../align/aligned-face.ts';
import { viewsOf } from './chip-variants.ts';
import { combineViews } from './combine-views.ts';
import type { EmbedderProfile } from './embedder-profile.ts';
import type { EmbeddingRecipe } from './embedding-quality.ts';
import type { FaceEmbedder } from './face-embedder.ts';

/**
 * Makes one embedding of each face: the one way from a face to its embedding, whichever door it came through.
 *
 * @param faces - aligned with the embedder's template
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`, `ERR_RUNTIME`
 */
export async function embedFaces(
  embedder: FaceEmbedder,
  faces: readonly AlignedFace[],
  recipe: EmbeddingRecipe,
): Promise<Float32Array[]> {
  if (embedder.embedFaces) return embedder.embedFaces(faces, recipe);
  const views = faces.flatMap((face) => viewsOf(face, recipe));
  const length = evenLengthOf(embedder.profile, recipe);
  return combineViews(await embedder.embed(views), { faces: faces.length, length });
}

/** The length that embeddings are scaled to; `null`: they keep their own. */
export function evenLengthOf(
  { lengthRule }: EmbedderProfile,
  { evenLength }: EmbeddingRecipe,
): number | null {
  if (lengthRule === null || lengthRule.applies === 'never') return null;
  return evenLength || lengthRule.applies === 'always' ? lengthRule.length : null;
}
