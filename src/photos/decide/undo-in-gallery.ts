import { FaceTriggerError } from '../../core/errors.ts';
import type { PhotoDecisionChanges } from '../../gallery/stores/photos/photo-store.ts';
import type { PhotoLibrary } from '../library.ts';

/** Takes back what a decision made in the gallery; what is gone already stays so, so it can be done again. */
export async function undoInGallery(
  { gallery, store }: Pick<PhotoLibrary, 'gallery' | 'store'>,
  { enrolledFaceIds = [], createdPersonIds = [], mergeId }: PhotoDecisionChanges,
): Promise<void> {
  for (const faceId of enrolledFaceIds) await ifThere(() => gallery.deleteFace(faceId));
  if (mergeId !== undefined) await ifThere(() => gallery.undoMerge(mergeId));
  for (const personId of createdPersonIds) {
    const person = await gallery.getPerson(personId);
    // Somebody may have added photos of them meanwhile, or named faces after them.
    const isNamed = (await store.listFaces({ personId, limit: 1 })).length > 0;
    if (person?.faces === 0 && !isNamed) await ifThere(() => gallery.deletePerson(personId));
  }
}

async function ifThere(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof FaceTriggerError && error.code === 'ERR_NOT_FOUND')) throw error;
  }
}
