import { throwIfAborted } from '../../core/throw-if-aborted.ts';
import type { PhotoReads } from '../../gallery/stores/photos/photo-store.ts';
import { type FromMetadataOptions, namesOf } from './metadata-folders.ts';
import type { NamedPhoto } from './move-in-source.ts';

const PAGE_SIZE = 200;

/** The names that the metadata of a library's photos have, photo by photo. */
export async function* fromLibraryMetadata(
  store: Pick<PhotoReads, 'listPhotos'>,
  { signal, ...options }: FromMetadataOptions & { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<NamedPhoto> {
  for (let offset = 0; ; offset += PAGE_SIZE) {
    const photos = await store.listPhotos({ limit: PAGE_SIZE, offset });
    for (const { kind, paths } of photos) {
      if (kind === 'film') continue;
      // Copies of a photo may have sidecars of their own.
      for (const path of paths) {
        throwIfAborted(signal, 'Reading metadata');
        const named = await namesOf(path, options);
        if (named) yield named;
      }
    }
    if (photos.length < PAGE_SIZE) return;
  }
}
