import type { PhotoFaceQuery, PhotoReads, StoredPhotoFace } from '../gallery/stores/photos/photo-store.ts';

/** Faces that are read at a time: some megabytes. */
const PAGE = 2000;

/** All faces of a query, in the order of their numbers, read a page at a time. */
export async function* everyFace(
  store: Pick<PhotoReads, 'listFaces'>,
  query: Omit<PhotoFaceQuery, 'after' | 'limit'> = {},
): AsyncGenerator<StoredPhotoFace> {
  for (let after = 0; ; ) {
    const page = await store.listFaces({ ...query, after, limit: PAGE });
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.seq;
  }
}
