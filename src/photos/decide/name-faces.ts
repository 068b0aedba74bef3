import { randomUUID } from 'node:crypto';
import { FaceTriggerError } from '../../core/errors.ts';
import { chooseVarious } from '../../gallery/choose-various.ts';
import type { NewFace } from '../../gallery/gallery-types.ts';
import { reviewFace } from '../../gallery/review-face.ts';
import type { PhotoDecisionRow, StoredPhotoFace } from '../../gallery/stores/photos/photo-store.ts';
import { modelOfLibrary } from '../group/model-of-library.ts';
import type { PhotoLibrary } from '../photo-library.ts';
import { makeDecision } from './make-decision.ts';

/** Faces that are enrolled at most when somebody is named: more tell little more, and slow searches. */
const ENROLLED_AT_MOST = 12;

/** What {@link nameFaces} did. */
export interface NamedFaces {
  /** Undoes all of it. */
  readonly decisionId: string;
  readonly personId: string;
  readonly created: boolean;
  readonly faces: number;
  /** Faces that the person is recognized by from now on. */
  readonly enrolled: number;
}

/**
 * Says whose faces some are, and enrolls the good and various ones: cameras and the API know the person too then.
 *
 * @param name - of somebody in the gallery, or of somebody new
 * @param kind - 'confirm' where a suggestion was right. @defaultValue 'name'
 * @throws FaceTriggerError `ERR_NOT_FOUND` where a face is not there, `ERR_INVALID_ARGUMENT` for a name that nobody may
 * have; nothing is changed then
 */
export async function nameFaces(
  library: Pick<PhotoLibrary, 'gallery' | 'store'>,
  faceIds: readonly string[],
  name: string,
  kind: 'name' | 'confirm' | 'merge' = 'name',
): Promise<NamedFaces> {
  const { gallery, store } = library;
  const faces = [...(await store.faces(faceIds)).values()];
  if (faces.length === 0 || faces.length < new Set(faceIds).size)
    throw new FaceTriggerError('ERR_NOT_FOUND', 'Some of these faces are not in the library');
  const known = await gallery.findPerson(name);
  const person = known ?? { id: randomUUID(), name };
  const chosen = await toEnroll(faces, library);
  let enrolled: readonly string[] = [];
  const row = await makeDecision(library, {
    ...{ kind, personId: person.id },
    planned: {
      enrolledFaceIds: chosen.map((face) => face.id),
      createdPersonIds: known === null ? [person.id] : [],
    },
    inGallery: async () => {
      if (known === null) await gallery.createPerson(person);
      const added = chosen.length === 0 ? [] : await gallery.addFaces(person.id, chosen, { review: 'off' });
      enrolled = added.filter(({ alreadyThere }) => !alreadyThere).map(({ face }) => face.id);
      return { enrolledFaceIds: enrolled };
    },
    change: async (rows, decisionId) => {
      // Read again: somebody may have decided about them meanwhile.
      const before = [...(await rows.faces(faceIds)).values()];
      for (const face of before) {
        const notPersonIds = face.notPersonIds.filter((id) => id !== person.id);
        const knowledge = { personId: person.id, decidedBy: decisionId, notPersonIds, isIgnored: false };
        await rows.setKnowledge(face.id, knowledge);
      }
      return before;
    },
  });
  return {
    ...{ decisionId: row.id, personId: person.id, created: known === null },
    ...{ faces: facesIn(row), enrolled: enrolled.length },
  };
}

/** How many faces a decision is about. */
function facesIn({ changes }: PhotoDecisionRow): number {
  return changes.faces?.length ?? 0;
}

async function toEnroll(
  faces: readonly StoredPhotoFace[],
  { gallery, store }: Pick<PhotoLibrary, 'gallery' | 'store'>,
): Promise<readonly (NewFace & { readonly id: string })[]> {
  const model = modelOfLibrary(gallery);
  const good = faces.filter((face) => face.model === model && reviewFace(face.facts, 'standard').accepted);
  const chosen = chooseVarious(good, ENROLLED_AT_MOST, (a, b) => gallery.distance(a, b));
  const newFaces: (NewFace & { readonly id: string })[] = [];
  for (const { id, embedding, facts, photoId } of chosen) {
    const found = gallery.keepsThumbnails ? await store.findThumbnail(id) : null;
    const thumbnail = found?.thumbnail ?? null;
    const source = `photo ${photoId}`;
    newFaces.push({ id: randomUUID(), embedding, quality: facts, source, thumbnail });
  }
  return newFaces;
}
