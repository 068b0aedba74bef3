import { FaceTriggerError } from '../../core/errors.ts';
import { chooseVarious } from '../../gallery/choose-various.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { NewFace, Person } from '../../gallery/gallery-types.ts';
import { reviewFace } from '../../gallery/review-face.ts';
import type {
  AppearanceStore,
  StoredAppearanceFace,
} from '../../gallery/stores/appearances/appearance-store.ts';
import type { LeftOutFace, WhoItIs } from './appearance-types.ts';
import { openPicture } from './picture-seal.ts';

/** Faces that are enrolled at most when somebody is named: more tell little more, and slow searches. */
export const ENROLLED_AT_MOST = 8;
/** Below this the camera's own votes leave a face out as well. */
const LEAST_QUALITY = 0.3;

/** What naming works with. */
export interface EnrollKeptContext {
  readonly gallery: Gallery;
  readonly store: AppearanceStore;
  readonly model: string;
  readonly pictureKey: Uint8Array | null;
}

/** What became of kept faces. */
export interface EnrolledKept {
  readonly person: Person;
  readonly created: boolean;
  /** Faces of the gallery that are new. */
  readonly newFaceIds: readonly string[];
  /** Kept faces that stand for the person now. */
  readonly enrolledFaceIds: readonly string[];
  readonly leftOut: readonly LeftOutFace[];
}

/**
 * Enrolls the good and various ones of kept faces; where none is good, the person is there without a new face.
 *
 * @throws FaceTriggerError `ERR_NOT_FOUND` for an unknown person, `ERR_INVALID_ARGUMENT` for a name that is none
 */
export async function enrollKept(
  faces: readonly StoredAppearanceFace[],
  who: WhoItIs,
  context: EnrollKeptContext,
): Promise<EnrolledKept> {
  const { gallery, model } = context;
  const leftOut: LeftOutFace[] = [];
  const good: StoredAppearanceFace[] = [];
  for (const face of faces) {
    const reason = reasonAgainst(face, model);
    if (reason === null) good.push(face);
    else leftOut.push({ faceId: face.id, reason });
  }
  const chosen = chooseVarious(good, ENROLLED_AT_MOST, (a, b) => gallery.distance(a, b));
  for (const { id } of good.filter((face) => !chosen.includes(face)))
    leftOut.push({ faceId: id, reason: 'better faces that look like it were taken' });
  const known = await personOf(who, gallery);
  const name = 'name' in who ? who.name : known!.name;
  if (chosen.length === 0) {
    const person = known ?? (await gallery.createPerson({ name }));
    return { person, created: known === null, newFaceIds: [], enrolledFaceIds: [], leftOut };
  }
  const newFaces: NewFace[] = [];
  for (const face of chosen) newFaces.push(await toNewFace(face, context));
  const enrolled = known
    ? await gallery.addFaces(known.id, newFaces)
    : (await gallery.enroll({ name }, newFaces)).faces;
  const person = known ?? (await gallery.findPerson(name))!;
  const isNew = enrolled.map(({ alreadyThere }) => !alreadyThere);
  for (const [i, { id }] of chosen.entries())
    if (!isNew[i]) leftOut.push({ faceId: id, reason: 'the person has this face already' });
  return {
    ...{ person, created: known === null, leftOut },
    newFaceIds: enrolled.filter((_, i) => isNew[i]).map(({ face }) => face.id),
    enrolledFaceIds: chosen.filter((_, i) => isNew[i]).map(({ id }) => id),
  };
}

async function personOf(who: WhoItIs, gallery: Gallery): Promise<Person | null> {
  if ('name' in who) return gallery.findPerson(who.name);
  const person = await gallery.getPerson(who.personId);
  if (person === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no person with this id');
  return person;
}

function reasonAgainst(face: StoredAppearanceFace, model: string): string | null {
  if (face.model !== model) return 'it was taken with other models';
  const { accepted, reasons } = reviewFace(face.facts ?? {}, 'standard');
  if (!accepted) return reasons.map(({ message }) => message).join(', ');
  if (face.quality >= LEAST_QUALITY) return null;
  return `its quality is ${face.quality.toFixed(2)}; ${LEAST_QUALITY} is the least`;
}

async function toNewFace(
  { id, embedding, facts, appearanceId }: StoredAppearanceFace,
  { gallery, store, pictureKey }: EnrollKeptContext,
): Promise<NewFace> {
  const found = gallery.keepsThumbnails ? await store.findPicture(id) : null;
  const thumbnail = found?.picture ? openPicture(found.picture, id, pictureKey) : null;
  return { embedding, quality: facts, source: `appearance ${appearanceId}`, thumbnail };
}
