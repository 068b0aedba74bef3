import { EMBEDDING_QUALITIES, type EmbeddingRecipe } from '../core/embed/embedding-quality.ts';
import { EVEN_EMBEDDER_OF_0_1 } from '../models/assumed-facts.ts';
import type { ModelDescription } from './model-folder.ts';

/**
 * How the faces of a model folder became embeddings: to be done alike with those that are compared with them.
 *
 * @remarks Folders that do not say were made in quality 'fast', also where they say a part of it. Version 0.1, whose
 * folders say neither metric nor length rule, brought the embeddings of no other embedder to even length than of dlib's
 * in 32-bit floats, whatever was asked for.
 */
export function folderRecipe({ averaging, embedder }: ModelDescription): EmbeddingRecipe {
  const { mirror, jitter, evenLength } = { ...EMBEDDING_QUALITIES.fast, ...averaging };
  const isOld = embedder.lengthRule === undefined && embedder.metric === undefined;
  return { mirror, jitter, evenLength: evenLength && !(isOld && embedder.id !== EVEN_EMBEDDER_OF_0_1) };
}
