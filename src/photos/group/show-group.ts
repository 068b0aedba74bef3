import { chooseVarious } from '../../gallery/choose-various.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { PhotoFaceQuery, PhotoReads, StoredPhotoFace } from '../../gallery/stores/photos/photo-store.ts';
import { everyFace } from '../every-face.ts';
import type { PhotoLibrary } from '../library.ts';

/** Faces that are looked at, if nobody says otherwise. */
const LOOKED_AT = 2000;
/** Among so many of the best, those are chosen that differ: comparing all of a large group would take seconds. */
const LOOKED_AMONG = 48;

/** Which faces: those of a group, or those of a person. */
export type WhichFaces =
  | Required<Pick<PhotoFaceQuery, 'groupId'>>
  | Required<Pick<PhotoFaceQuery, 'personId'>>;

/**
 * The best and most various faces of a group or person that have a thumbnail, best first.
 *
 * @param options.among - how many faces are looked at, those that were found first
 */
export async function bestFaces(
  { gallery, store }: Pick<PhotoLibrary, 'gallery' | 'store'>,
  which: WhichFaces,
  { count, among = LOOKED_AT }: { readonly count: number; readonly among?: number | undefined },
): Promise<readonly StoredPhotoFace[]> {
  const faces = await store.listFaces({ ...which, ignored: false, limit: among });
  const best = faces
    .filter(({ hasThumbnail }) => hasThumbnail)
    .sort((a, b) => b.quality - a.quality)
    .slice(0, LOOKED_AMONG);
  const length = best[0]?.embedding.length;
  const comparable = best.filter((face) => face.embedding.length === length);
  return chooseVarious(comparable, count, (a, b) => gallery.distance(a, b));
}

/** All faces of a group, those first that are least like the rest: the odd ones, if there are any. */
export async function oddFacesFirst(
  { gallery, store }: { readonly gallery: Pick<Gallery, 'distance'>; readonly store: PhotoReads },
  groupId: string,
): Promise<readonly StoredPhotoFace[]> {
  const faces: StoredPhotoFace[] = [];
  for await (const face of everyFace(store, { groupId, ignored: false })) faces.push(face);
  if (faces.length < 3) return faces;
  const middle = meanOf(faces);
  const oddness = new Map(faces.map((face) => [face.id, gallery.distance(face.embedding, middle)]));
  return faces.sort((a, b) => oddness.get(b.id)! - oddness.get(a.id)!);
}

function meanOf(faces: readonly StoredPhotoFace[]): Float32Array {
  const mean = new Float32Array(faces[0]!.embedding.length);
  for (const { embedding } of faces)
    for (const [i, value] of embedding.entries()) mean[i]! += value / faces.length;
  return mean;
}
