import { FaceTriggerError } from '../../core/errors.ts';
import { describeEmbedder } from '../../gallery/check-embedding.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { ModelPrecision } from '../../models/model-pack.ts';
import { precisionOfEmbedder } from '../../node/models/packaged-models.ts';
import { DEFAULT_PACK } from '../../node/models/read-pack.ts';
import type { NetworkOptions } from '../options/network-options.ts';

/**
 * The networks that a gallery's embeddings are compared with: whichever command asks it opens these.
 *
 * @param wanted - what the command line asks for. @defaultValue the precision of the gallery's faces
 * @returns options of a pipeline, a recognizer or a server's workers
 * @throws FaceTriggerError `ERR_MODEL_MISMATCH` for a gallery of an embedder that the pack does not have
 */
export async function galleryNetworks(
  gallery: Pick<Gallery, 'embedder'>,
  wanted: Pick<NetworkOptions, 'models' | 'precision'> = {},
): Promise<{ readonly models: string | undefined; readonly precision: ModelPrecision }> {
  const { models } = wanted;
  const precision = wanted.precision ?? (await precisionOfEmbedder(gallery.embedder.sha256, models));
  if (precision !== undefined) return { models, precision };
  throw new FaceTriggerError(
    'ERR_MODEL_MISMATCH',
    `The gallery is made for ${describeEmbedder(gallery.embedder)}, which is not one of the embedders of the models ` +
      `"${models ?? DEFAULT_PACK}"; name the models that it was made with by --models`,
  );
}
