import type { z } from 'zod';
import type { PhotoReads, StoredPhoto, StoredPhotoFace } from '../../gallery/stores/photos/photo-store.ts';
import type { PHOTO, PHOTO_FACE } from '../schemas/photo-schemas.ts';

/** A face of a photo in an answer. */
export type ShownFace = z.output<typeof PHOTO_FACE>;

/** Faces as answers have them, with the names of whom they are. */
export async function showFaces(
  store: Pick<PhotoReads, 'peopleByIds'>,
  faces: readonly StoredPhotoFace[],
): Promise<readonly ShownFace[]> {
  const names = await store.peopleByIds([...new Set(faces.flatMap(({ personId }) => personId ?? []))]);
  return faces.map((face) => {
    const { id, photoId, frameMs, box, quality, hasThumbnail, personId, isIgnored, groupId } = face;
    const name = personId === null ? undefined : names.get(personId);
    return {
      ...{ id, photoId, frameMs, box, quality, hasThumbnail, ignored: isIgnored, group: groupId },
      person: personId === null || name === undefined ? null : { id: personId, name },
    };
  });
}

/** A photo as answers have it. */
export function showPhoto(photo: StoredPhoto): z.output<typeof PHOTO> {
  const { id, kind, width, height, durationMs, takenAt, faces, paths } = photo;
  return { id, kind, width, height, durationMs, takenAt, faces, paths };
}
