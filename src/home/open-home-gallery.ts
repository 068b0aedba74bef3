import type { Gallery } from '../gallery/gallery.ts';
import { galleryExists } from '../gallery/gallery-exists.ts';
import { openGallery } from '../gallery/open-gallery.ts';
import { packageEmbedder } from '../node/models/packaged-models.ts';
import type { ReadHomeConfig } from './config/read-home-config.ts';

/** Opens the gallery of a home, or makes a new one for the networks of its configuration. */
export async function openHomeGallery({
  gallery,
  recognition,
  server,
}: Pick<ReadHomeConfig, 'gallery' | 'recognition' | 'server'>): Promise<Gallery> {
  const { models, precision } = recognition;
  const thumbnails = server?.thumbnails ?? true;
  if (await galleryExists(gallery)) return openGallery(gallery, { models, thumbnails });
  const profile = await packageEmbedder(precision, models);
  const { id, sha256, dimension } = profile;
  const embedder = { id, sha256, dimension };
  return openGallery(gallery, { models, thumbnails, embedder, distances: profile });
}
