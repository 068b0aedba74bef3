import { FaceTriggerError } from '../../core/errors.ts';
import { describeEmbedder } from '../../gallery/check-embedding.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { ModelPrecision } from '../../models/model-pack.ts';
import { packNames } from '../../node/models/pack-folders.ts';
import { networksOfEmbedder } from '../../node/models/packaged-models.ts';
import type { NetworkOptions } from '../options/network-options.ts';

/** Networks, and how they embed, for faces that are to be like a gallery's. */
export interface GalleryNetworks {
  readonly models: string | undefined;
  readonly precision: ModelPrecision;
  readonly evenLength: boolean | undefined;
}

/**
 * The networks that a gallery's embeddings are compared with: whichever command asks it opens these.
 *
 * @param wanted - what the command line asks for. @defaultValue the pack and the precision of the gallery's faces
 * @returns options of a pipeline, a recognizer or a server's workers
 * @throws FaceTriggerError `ERR_MODEL_MISMATCH` for a gallery of an embedder that no pack has, or not the one named
 */
export async function galleryNetworks(
  gallery: Pick<Gallery, 'embedder' | 'evenLength'>,
  wanted: Pick<NetworkOptions, 'models' | 'precision'> = {},
): Promise<GalleryNetworks> {
  const { embedder } = gallery;
  const own = await networksOfEmbedder(embedder.sha256, wanted.models);
  const models = wanted.models ?? (typeof own?.models === 'string' ? own.models : undefined);
  const precision = wanted.precision ?? own?.precision;
  // Without the option a face is embedded as the quality says.
  const evenLength = gallery.evenLength ? undefined : false;
  if (precision !== undefined) return { models, precision, evenLength };
  const asked = wanted.models === undefined ? await packNames() : [wanted.models];
  throw new FaceTriggerError(
    'ERR_MODEL_MISMATCH',
    `The gallery is made for ${describeEmbedder(embedder)}, which is not one of the embedders of the models ` +
      `"${asked.join('", "')}"; name the models that it was made with by --models`,
  );
}
