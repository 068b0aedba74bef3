import { isMarkOf } from '../../core/embed/model-mark.ts';
import type { GalleryMatch } from '../../gallery/gallery-types.ts';
import type { StoredPhotoFace } from '../../gallery/stores/photos/photo-store.ts';
import type { PhotoLibrary } from '../library.ts';

/** Faces that are searched for: each is a search of the whole gallery. */
const SEARCHED = 5;

/** Somebody in the gallery whom faces look like. */
export interface KnownPerson {
  readonly personId: string;
  readonly name: string;
  /** 0 .. 1: the mean of what each face says. */
  readonly confidence: number;
  /** The nearest pairs of a face and an enrolled one, nearest first. */
  readonly evidence: readonly {
    readonly faceId: string;
    readonly enrolledFaceId: string;
    readonly distance: number;
  }[];
}

/**
 * Who of the gallery some faces of one person are, such as somebody whom only cameras have seen: most of the faces must
 * say so.
 *
 * @param faces - the best first
 * @returns `null` where most of them are near nobody, or it was denied of one of them
 */
export async function knownPerson(
  { gallery }: Pick<PhotoLibrary, 'gallery'>,
  faces: readonly StoredPhotoFace[],
): Promise<KnownPerson | null> {
  const looked = faces.filter(({ model }) => isMarkOf(model, gallery.embedder)).slice(0, SEARCHED);
  const votes = new Map<string, { readonly faceId: string; readonly match: GalleryMatch }[]>();
  for (const { id, embedding } of looked) {
    const [match] = await gallery.search(embedding, { limit: 1, maxDistance: gallery.thresholds.identify });
    if (match) votes.set(match.person.id, [...(votes.get(match.person.id) ?? []), { faceId: id, match }]);
  }
  const [most] = [...votes.values()].sort((a, b) => b.length - a.length);
  if (most === undefined || most.length * 2 <= looked.length) return null;
  const { id: personId, name } = most[0]!.match.person;
  if (looked.some(({ notPersonIds }) => notPersonIds.includes(personId))) return null;
  const evidence = most
    .map(({ faceId, match }) => ({ faceId, enrolledFaceId: match.face.id, distance: match.distance }))
    .sort((a, b) => a.distance - b.distance);
  const confidence = most.reduce((sum, { match }) => sum + match.probability, 0) / looked.length;
  return { personId, name, confidence, evidence };
}
