import type { Image } from '../core/image/image.ts';
import { throwIfAborted } from '../core/throw-if-aborted.ts';
import { readImage } from '../node/image/read-image.ts';

/** A picture, and who is on it where that is known. */
export interface BenchPhoto {
  readonly path: string;
  /** Who is on it; absent: speed only. */
  readonly person?: string | undefined;
}

/** How photos are read one after the other. */
export interface ReadPhotosOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Told of each photo that is left out because it can't be read. */
  readonly onUnreadable?: ((path: string, error: unknown) => undefined) | undefined;
}

/** Gives the photos that can be read, and tells how far it is before each of all. */
export async function* readPhotos(
  photos: readonly BenchPhoto[],
  { signal, onProgress, onUnreadable }: ReadPhotosOptions,
): AsyncGenerator<{ readonly image: Image; readonly person: string | undefined }> {
  for (const [done, { path, person }] of photos.entries()) {
    throwIfAborted(signal);
    onProgress?.(done, photos.length);
    const image = await readImage(path).catch((error: unknown) => onUnreadable?.(path, error));
    if (image) yield { image, person };
  }
}
