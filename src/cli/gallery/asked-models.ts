import type { EmbedderProfile } from '../../core/embed/embedder-profile.ts';
import { galleryAddress } from '../../gallery/gallery-address.ts';
import { galleryNetworks, type WantedNetworks } from '../../gallery/gallery-networks.ts';
import type { GalleryEmbedder } from '../../gallery/gallery-types.ts';
import { openStore } from '../../gallery/open-gallery.ts';
import { isSameEmbedder } from '../../gallery/stores/settings-of.ts';
import { packageEmbedder } from '../../node/models/packaged-models.ts';

/** The embedder that a gallery is made for, and the one that a command line asks for. */
export interface AskedModels {
  readonly own: GalleryEmbedder;
  readonly asked: EmbedderProfile;
  readonly isSame: boolean;
}

/**
 * Compares the models that a command line asks for with those of a gallery that exists, whose faces are not read.
 *
 * @param wanted - @defaultValue the gallery's own
 * @throws FaceTriggerError `ERR_MODEL_MISMATCH` where the gallery's own are not here, `ERR_MODEL_LICENCE`,
 * `ERR_FILE_NOT_FOUND`, `ERR_UNAVAILABLE`
 */
export async function askedModels(
  gallery: string,
  { commercial, ...wanted }: WantedNetworks & { readonly commercial?: boolean | undefined },
): Promise<AskedModels> {
  await using store = await openStore(galleryAddress(gallery), { create: false });
  const { embedder: own, pack } = store.settings;
  const { precision, models } = await galleryNetworks(
    { embedder: own, pack, evenLength: true },
    wanted,
    // Whoever opens them tells of it.
    () => undefined,
  );
  const asked = await packageEmbedder(precision, models, { commercial });
  return { own, asked, isSame: isSameEmbedder(own, asked) };
}
