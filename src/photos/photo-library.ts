import { type OpenGalleryOptions, openGallery } from '../gallery/open-gallery.ts';
import { openPhotos } from '../gallery/stores/photos/open-photos.ts';
import type { PhotoStore } from '../gallery/stores/photos/photo-store.ts';
import { settleDecisions } from './decide/settle-decisions.ts';
import type { PhotoLibrary } from './library.ts';

export type { PhotoLibrary } from './library.ts';

/** Where a library is kept if nobody says otherwise: in the current folder. */
export const DEFAULT_LIBRARY = 'photos.db';

/**
 * Opens a library of photos, or makes a new one. Any gallery in a file or in PostgreSQL is one. What a killed process
 * left half decided is taken back, or undone to its end.
 *
 * @param address - as of a gallery: the path of a file, or "postgres://user@host/database?gallery=name"
 * @param options - as of `openGallery`; a new library needs `options.embedder`
 * @throws FaceTriggerError as `openGallery`, and `ERR_INVALID_ARGUMENT` for "memory:"
 */
export async function openPhotoLibrary(
  address: string,
  options: OpenGalleryOptions = {},
): Promise<PhotoLibrary> {
  const gallery = await openGallery(address, options);
  let store: PhotoStore;
  try {
    store = await openPhotos(address);
  } catch (error) {
    await gallery.dispose();
    throw error;
  }
  const dispose = async (): Promise<void> => {
    await Promise.all([store.dispose(), gallery.dispose()]);
  };
  const library = { address, gallery, store, dispose, [Symbol.asyncDispose]: dispose };
  try {
    await settleDecisions(library);
    return library;
  } catch (error) {
    await dispose();
    throw error;
  }
}
