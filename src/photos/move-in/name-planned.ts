import { randomUUID } from 'node:crypto';
import { chooseVarious } from '../../gallery/choose-various.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { NewFace, Person } from '../../gallery/gallery-types.ts';
import { reviewFace } from '../../gallery/review-face.ts';
import type {
  PhotoDecisionChanges,
  PhotoDecisionKind,
  PhotoStore,
  StoredPhotoFace,
} from '../../gallery/stores/photos/photo-store.ts';
import type { PlannedName } from './plan-names.ts';

/** What naming works with. */
export interface NamingContext {
  readonly gallery: Gallery;
  readonly store: PhotoStore;
}

/** What {@link namePlanned} did. */
export interface NamedPlanned {
  /** Undoes all of it; `null` where there was nothing to do. */
  readonly decisionId: string | null;
  readonly faces: number;
  /** Faces that people are recognized by from now on. */
  readonly enrolled: number;
  readonly createdPeople: readonly string[];
}

/** Faces that are enrolled at most of one name: more tell little more, and slow searches. */
const ENROLLED_AT_MOST = 12;

/**
 * Names faces as planned, in one decision, and enrolls the good and various ones of each name.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a name that no person may have
 */
export async function namePlanned(
  { gallery, store }: NamingContext,
  names: readonly PlannedName[],
  kind: Extract<PhotoDecisionKind, 'import' | 'metadata'>,
): Promise<NamedPlanned> {
  const enrolledFaceIds: string[] = [];
  const created: Person[] = [];
  const named: { readonly personId: string; readonly faceIds: readonly string[] }[] = [];
  for (const { name, faceIds } of names) {
    const known = await gallery.findPerson(name);
    const good = await bestOf(faceIds, { gallery, store });
    const enrolled = good.length > 0 ? await gallery.enroll({ name }, good, { review: 'off' }) : null;
    const person = enrolled?.person ?? known ?? (await gallery.createPerson({ name }));
    for (const { face, alreadyThere } of enrolled?.faces ?? [])
      if (!alreadyThere) enrolledFaceIds.push(face.id);
    if (known === null) created.push(person);
    named.push({ personId: person.id, faceIds });
  }
  if (named.length === 0) return { decisionId: null, faces: 0, enrolled: 0, createdPeople: [] };
  const id = randomUUID();
  const faces = await store.transaction(async (rows) => {
    const before: NonNullable<PhotoDecisionChanges['faces']>[number][] = [];
    for (const { personId, faceIds } of named) {
      for (const face of (await rows.faces(faceIds)).values()) {
        const { notPersonIds, isIgnored, decidedBy, groupId } = face;
        before.push({ id: face.id, personId: face.personId, decidedBy, notPersonIds, isIgnored, groupId });
        await rows.setKnowledge(face.id, { personId, decidedBy: id, notPersonIds, isIgnored: false });
      }
    }
    const changes = { faces: before, enrolledFaceIds, createdPersonIds: created.map((person) => person.id) };
    await rows.insertDecision({ id, at: new Date(), kind, personId: null, undoneAt: null, changes });
    return before.length;
  });
  return {
    decisionId: id,
    faces,
    enrolled: enrolledFaceIds.length,
    createdPeople: created.map(({ name }) => name),
  };
}

async function bestOf(
  faceIds: readonly string[],
  { gallery, store }: NamingContext,
): Promise<readonly NewFace[]> {
  const faces = [...(await store.faces(faceIds)).values()];
  const good = faces.filter(({ facts }) => reviewFace(facts, 'standard').accepted);
  const chosen = chooseVarious(good, ENROLLED_AT_MOST, (a, b) => gallery.distance(a, b));
  const newFaces: NewFace[] = [];
  for (const face of chosen) newFaces.push(await toNewFace(face, { gallery, store }));
  return newFaces;
}

async function toNewFace(
  { id, embedding, facts, photoId }: StoredPhotoFace,
  { gallery, store }: NamingContext,
): Promise<NewFace> {
  const thumbnail = gallery.keepsThumbnails ? (await store.findThumbnail(id))?.thumbnail : null;
  return { embedding, quality: facts, source: `photo ${photoId}`, thumbnail: thumbnail ?? null };
}
