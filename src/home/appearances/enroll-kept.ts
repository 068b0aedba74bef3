import { randomUUID } from 'node:crypto';
import type { EmbedderIdentity } from '../../core/embed/embedder-profile.ts';
import { isMarkOf } from '../../core/embed/model-mark.ts';
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

/** What enrolling kept faces will do. */
export interface KeptPlan {
  /** Kept faces, with what is enrolled of each. */
  readonly chosen: readonly (readonly [
    kept: StoredAppearanceFace,
    newFace: NewFace & { readonly id: string },
  ])[];
  readonly person: Person | { readonly id: string; readonly name: string };
  readonly isNew: boolean;
  readonly leftOut: readonly LeftOutFace[];
}

/**
 * Chooses the good and various ones of kept faces.
 *
 * @throws FaceTriggerError `ERR_NOT_FOUND` for an unknown person
 */
export async function planKept(
  faces: readonly StoredAppearanceFace[],
  who: WhoItIs,
  context: EnrollKeptContext,
): Promise<KeptPlan> {
  const { gallery } = context;
  const leftOut: LeftOutFace[] = [];
  const good: (readonly [StoredAppearanceFace, NewFace & { readonly id: string }])[] = [];
  for (const face of faces) {
    const found = reasonAgainst(face, gallery.embedder) ?? (await toNewFace(face, context));
    if (typeof found === 'string') leftOut.push({ faceId: face.id, reason: found });
    else good.push([face, found]);
  }
  const choice = chooseVarious(
    good.map(([face]) => face),
    ENROLLED_AT_MOST,
    (a, b) => gallery.distance(a, b),
  );
  const chosen = good.filter(([face]) => choice.includes(face));
  for (const [face] of good.filter((one) => !chosen.includes(one)))
    leftOut.push({ faceId: face.id, reason: 'better faces that look like it were taken' });
  const known = await personOf(who, gallery);
  const person = known ?? { id: randomUUID(), name: 'name' in who ? who.name : '' };
  return { chosen, person, isNew: known === null, leftOut };
}

/** What a plan is going to make, by the ids that it will have. */
export function plannedIds({ chosen, person, isNew }: KeptPlan) {
  return {
    faceIds: chosen.map(([, { id }]) => id),
    ...(isNew && { createdPersonId: person.id }),
  };
}

/**
 * Enrolls what was planned; where no face is good, the person is there without a new one.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a name that is none, `ERR_NOT_FOUND` for somebody who was deleted
 * meanwhile
 */
export async function enrollPlanned(
  { chosen, person: planned, isNew, leftOut: before }: KeptPlan,
  gallery: Gallery,
): Promise<EnrolledKept> {
  if (chosen.length === 0) {
    const person = isNew ? await gallery.createPerson(planned) : (planned as Person);
    return { person, created: isNew, newFaceIds: [], enrolledFaceIds: [], leftOut: before };
  }
  const newFaces = chosen.map(([, newFace]) => newFace);
  const result = isNew
    ? await gallery.enroll(planned, newFaces)
    : { person: planned as Person, created: false, faces: await gallery.addFaces(planned.id, newFaces) };
  const { person, created, faces: enrolled } = result;
  const isAdded = enrolled.map(({ alreadyThere }) => !alreadyThere);
  const known = chosen.filter((_, i) => !isAdded[i]);
  return {
    ...{ person, created },
    leftOut: [
      ...before,
      ...known.map(([{ id }]) => ({ faceId: id, reason: 'the person has this face already' })),
    ],
    newFaceIds: enrolled.filter((_, i) => isAdded[i]).map(({ face }) => face.id),
    enrolledFaceIds: chosen.filter((_, i) => isAdded[i]).map(([{ id }]) => id),
  };
}

async function personOf(who: WhoItIs, gallery: Gallery): Promise<Person | null> {
  if ('name' in who) return gallery.findPerson(who.name);
  const person = await gallery.getPerson(who.personId);
  if (person === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no person with this id');
  return person;
}

function reasonAgainst(face: StoredAppearanceFace, embedder: EmbedderIdentity): string | null {
  if (!isMarkOf(face.model, embedder)) return 'it was taken with other models';
  const { accepted, reasons } = reviewFace(face.facts ?? {}, 'standard');
  if (!accepted) return reasons.map(({ message }) => message).join(', ');
  if (face.quality >= LEAST_QUALITY) return null;
  return `its quality is ${face.quality.toFixed(2)}; ${LEAST_QUALITY} is the least`;
}

/** What is enrolled of a kept face; or why it can't be, as where its picture was encrypted with another key. */
async function toNewFace(
  { id, embedding, facts, appearanceId }: StoredAppearanceFace,
  { gallery, store, pictureKey }: EnrollKeptContext,
): Promise<(NewFace & { readonly id: string }) | string> {
  const found = gallery.keepsThumbnails ? await store.findPicture(id) : null;
  let thumbnail: Uint8Array | null = null;
  try {
    if (found?.picture) thumbnail = openPicture(found.picture, id, pictureKey);
  } catch (error) {
    if (error instanceof FaceTriggerError && error.code === 'ERR_UNAVAILABLE') return error.message;
    throw error;
  }
  return { id: randomUUID(), embedding, quality: facts, source: `appearance ${appearanceId}`, thumbnail };
}
