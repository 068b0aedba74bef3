import type { PhotoLibrary } from '../../photos/photo-library.ts';

/** The photos beside a server's gallery. */
export type ServedPhotos = Pick<PhotoLibrary, 'address' | 'gallery' | 'store'>;
