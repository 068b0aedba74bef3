import { randomUUID } from 'node:crypto';
import { isMarkOf } from '../../core/embed/model-mark.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import { chooseVarious } from '../../gallery/choose-various.ts';
import type { NewFace } from '../../gallery/gallery-types.ts';
import { reviewFace } from '../../gallery/review-face.ts';
import type {
  PhotoDecisionKind,
  PhotoDecisionRow,
  PhotoReads,
  StoredPhotoFace,
} from '../../gallery/stores/photos/photo-store.ts';
import type { PhotoLibrary } from '../library.ts';
import { makeDecision } from './make-decision.ts';

/** Faces that are enrolled at most when somebody is named: more tell little more, and slow searches. */
const ENROLLED_AT_MOST = 12;

/** Faces, and whose they are. */
export interface PlannedName {
  readonly name: string;
  readonly faceIds: readonly string[];
}

/** What {@link namePeople} did. */
export interface NamedPeople {
  readonly decision: PhotoDecisionRow;
  /** In the order of the names. */
  readonly people: readonly { readonly id: string; readonly name: string; readonly created: boolean }[];
  /** Faces that people are recognized by from now on. */
  readonly enrolled: number;
}

/** Somebody who gets faces. */
interface Named {
  readonly id: string;
  readonly name: string;
  readonly created: boolean;
  readonly faceIds: readonly string[];
  readonly enroll: readonly (NewFace & { readonly id: string })[];
}

/**
 * Says whose faces some are, of several people at once, and enrolls the good and various ones of each: cameras and the
 * API know them too then. All of it is one decision.
 *
 * @param names - at least one; a face is of the last name that it is given
 * @throws FaceTriggerError `ERR_NOT_FOUND` where a face is not there, `ERR_INVALID_ARGUMENT` for a name that nobody may
 * have; nothing is changed then
 */
export async function namePeople(
  library: Pick<PhotoLibrary, 'gallery' | 'store'>,
  names: readonly PlannedName[],
  kind: PhotoDecisionKind,
): Promise<NamedPeople> {
  const { gallery } = library;
  const named: Named[] = [];
  for (const { name, faceIds } of names) named.push(await planned(library, { name, faceIds }));
  const created = named.filter((person) => person.created);
  let enrolledFaceIds: readonly string[] = [];
  const decision = await makeDecision(library, {
    ...{ kind, personId: named.length === 1 ? named[0]!.id : null },
    planned: {
      enrolledFaceIds: named.flatMap(({ enroll }) => enroll.map((face) => face.id)),
      createdPersonIds: created.map(({ id }) => id),
    },
    inGallery: async () => {
      const added: string[] = [];
      for (const { id, name } of created) await gallery.createPerson({ id, name });
      for (const { id, enroll } of named) {
        const faces = enroll.length === 0 ? [] : await gallery.addFaces(id, enroll, { review: 'off' });
        added.push(...faces.filter(({ alreadyThere }) => !alreadyThere).map(({ face }) => face.id));
      }
      enrolledFaceIds = added;
      return { enrolledFaceIds };
    },
    change: async (rows, decisionId) => {
      const before = new Map<string, StoredPhotoFace>();
      for (const { id: personId, faceIds } of named) {
        // Read again: somebody may have decided about them meanwhile.
        for (const face of (await rows.faces(faceIds)).values()) {
          if (!before.has(face.id)) before.set(face.id, face);
          const notPersonIds = face.notPersonIds.filter((id) => id !== personId);
          await rows.setKnowledge(face.id, {
            personId,
            decidedBy: decisionId,
            notPersonIds,
            isIgnored: false,
          });
        }
      }
      return [...before.values()];
    },
  });
  const people = named.map(({ id, name, created: isNew }) => ({ id, name, created: isNew }));
  return { decision, people, enrolled: enrolledFaceIds.length };
}

async function planned(
  library: Pick<PhotoLibrary, 'gallery' | 'store'>,
  { name, faceIds }: PlannedName,
): Promise<Named> {
  const faces = await requireFaces(library.store, faceIds);
  const known = await library.gallery.findPerson(name);
  const id = known?.id ?? randomUUID();
  return {
    id,
    name: known?.name ?? name,
    created: known === null,
    faceIds,
    enroll: await toEnroll(faces, library),
  };
}

/** Reads faces that have to be there. @throws FaceTriggerError `ERR_NOT_FOUND` */
export async function requireFaces(
  store: Pick<PhotoReads, 'faces'>,
  faceIds: readonly string[],
): Promise<readonly StoredPhotoFace[]> {
  const faces = [...(await store.faces(faceIds)).values()];
  if (faces.length === 0 || faces.length < new Set(faceIds).size)
    throw new FaceTriggerError('ERR_NOT_FOUND', 'Some of these faces are not in the library');
  return faces;
}

async function toEnroll(
  faces: readonly StoredPhotoFace[],
  { gallery, store }: Pick<PhotoLibrary, 'gallery' | 'store'>,
): Promise<readonly (NewFace & { readonly id: string })[]> {
  const good = faces.filter(
    (face) => isMarkOf(face.model, gallery.embedder) && reviewFace(face.facts, 'standard').accepted,
  );
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
