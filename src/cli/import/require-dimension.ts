import type { EmbedderProfile } from '../../core/embed/embedder-profile.ts';
import { expectation, FaceTriggerError } from '../../core/errors.ts';

/**
 * Refuses what was made with embeddings of another network than the one it is imported for.
 *
 * @param dimension - numbers in the embeddings that a file is about
 * @throws FaceTriggerError `ERR_MODEL_MISMATCH`
 */
export function requireDimension(
  dimension: number,
  { embedder, file }: { readonly embedder: Pick<EmbedderProfile, 'id' | 'dimension'>; readonly file: string },
): void {
  if (dimension === embedder.dimension) return;
  const expected = `${embedder.dimension}-D embeddings of ${embedder.id}`;
  throw new FaceTriggerError(
    'ERR_MODEL_MISMATCH',
    `${expectation(expected, file, dimension)}; name the models that it was made with by --models`,
  );
}
