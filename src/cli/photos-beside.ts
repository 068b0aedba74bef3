import type { Gallery } from '../gallery/gallery.ts';
import { galleryAddress } from '../gallery/gallery-address.ts';
import { openPhotos } from '../gallery/stores/photos/open-photos.ts';
import type { PhotoLibrary } from '../photos/photo-library.ts';

/**
 * The photos beside a gallery that is open already.
 *
 * @returns `null` for a gallery in memory, which has none; disposing of the rest leaves the gallery open
 */
export async function photosBeside(gallery: Gallery, address: string): Promise<PhotoLibrary | null> {
  if (galleryAddress(address).kind === 'memory') return null;
  const store = await openPhotos(address);
  const dispose = () => store.dispose();
  return { address, gallery, store, dispose, [Symbol.asyncDispose]: dispose };
}
