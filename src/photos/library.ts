import type { Gallery } from '../gallery/gallery.ts';
import type { PhotoStore } from '../gallery/stores/photos/photo-store.ts';

/** A gallery that also keeps photos: who is named in one is known in the other. */
export interface PhotoLibrary extends AsyncDisposable {
  /** The address that it was opened by. */
  readonly address: string;
  /** The people, and the faces that they are recognized by. */
  readonly gallery: Gallery;
  /** The photos, with all faces in them. */
  readonly store: PhotoStore;
  /** Closes the library. Calling it again does nothing. */
  dispose(): Promise<void>;
}
