import { FaceTriggerError } from '../core/errors.ts';
import { describeEmbedder } from '../gallery/check-embedding.ts';
import type { Gallery } from '../gallery/gallery.ts';
import type { ModelPrecision } from '../models/model-pack.ts';
import { precisionOfEmbedder } from '../node/models/packaged-models.ts';

/**
 * The networks that a gallery's embeddings are compared with: whichever command asks it opens these.
 *
 * @param wanted - what the command line asks for. @defaultValue that of the gallery's faces
 * @returns options of a pipeline, a recognizer or a server's workers
 * @throws FaceTriggerError `ERR_MODEL_MISMATCH` for a gallery of an embedder that the package does not have
 */
export async function galleryNetworks(
  gallery: Pick<Gallery, 'embedder'>,
  wanted?: ModelPrecision,
): Promise<{ readonly precision: ModelPrecision }> {
  const precision = wanted ?? (await precisionOfEmbedder(gallery.embedder.sha256));
  if (precision !== undefined) return { precision };
  throw new FaceTriggerError(
    'ERR_MODEL_MISMATCH',
    `The gallery is made for ${describeEmbedder(gallery.embedder)}, which is not one of this package's embedders`,
  );
}
