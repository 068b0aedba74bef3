import { FaceTriggerError } from '../core/errors.ts';
import { checkEmbedding } from './check-embedding.ts';
import { checkText, newId } from './check-person.ts';
import { checkThumbnail } from './check-thumbnail.ts';
import type { DistanceScale } from './distance-scale.ts';
import { type EnrollOnce, earlierOutcome, type OnceOutcome, rememberOutcome } from './enroll-once.ts';
import type { AddFacesOptions, EnrolledFace, Face, NearerPerson, NewFace } from './gallery-types.ts';
import type { FaceIndex, PeopleIndex } from './index/face-index.ts';
import { type ReviewResult, reviewFace } from './review-face.ts';
import { searchPeople } from './search-people.ts';
import type { GalleryStore, GalleryWrites, Stored, StoredPerson } from './stores/gallery-store.ts';

/** People among whom is looked for somebody nearer. */
const COMPETITORS = 10;

/** What enrollment works with. */
export interface EnrollContext {
  readonly store: GalleryStore;
  readonly index: FaceIndex | PeopleIndex;
  readonly scale: DistanceScale;
  readonly keepsThumbnails: boolean;
}

/** Who gets the faces. */
export interface FaceRecipient {
  /** The person as far as there is anybody yet. */
  find(): Promise<StoredPerson | null>;
  /** The person, who is made where there is none. */
  require(rows: GalleryWrites): Promise<StoredPerson>;
}

/** What is asked of {@link enrollFaces}. */
export interface EnrollRequest {
  readonly options: AddFacesOptions;
  readonly recipient: FaceRecipient;
  /** Absent: each call enrolls. */
  readonly once?: EnrollOnce | undefined;
}

/**
 * Judges faces, leaves out what the person has already, and inserts the rest in one transaction.
 *
 * @returns what became of each face, and the person, whose count of faces is that of before; or what became of it
 * before, where it was to happen once
 * @throws FaceTriggerError `ERR_UNSUITABLE_FACE` and what is wrong with a face
 */
export async function enrollFaces(
  context: EnrollContext,
  faces: readonly NewFace[],
  { options, recipient, once }: EnrollRequest,
): Promise<
  | { readonly enrolled: readonly EnrolledFace[]; readonly person: StoredPerson }
  | { readonly repeated: OnceOutcome }
> {
  const { store, index } = context;
  const reviews = faces.map((face) => review(face, options, context));
  const look = async () => {
    const revision = await index.refresh();
    const person = await recipient.find();
    const near: Near[] = [];
    for (const { embedding } of faces) near.push(await nearTo(embedding, person, context));
    return { revision, near };
  };
  // Searched before the store is held, and again only where somebody was enrolled in between.
  let { revision, near } = await look();
  const keep = options.duplicates === 'keep';
  const done = await store.transaction(async (rows) => {
    const repeated = once ? await earlierOutcome(rows, once) : null;
    if (repeated !== null) return { repeated };
    if ((await index.refresh()) !== revision) ({ revision, near } = await look());
    const person = await recipient.require(rows);
    const same = keep ? faces.map(() => null) : sameAs(faces, near, context.scale);
    const added = faces.filter((_, i) => same[i] === null);
    const inserted = await rows.insertFaces(added.map((face) => toRow(face, person.seq)));
    const newFaces = new Map(added.map((face, i) => [face, inserted[i]!]));
    const kept = faces.map((face, i) => {
      const other = same[i];
      if (!other) return { face: newFaces.get(face)!, alreadyThere: false };
      return { face: 'earlier' in other ? newFaces.get(other.earlier)! : other, alreadyThere: true };
    });
    const isAdded = kept.some(({ alreadyThere }) => !alreadyThere);
    if (once) await rememberOutcome(rows, once, isAdded ? 'added' : 'already-there');
    return { person, kept };
  });
  if (done.repeated !== undefined) return { repeated: done.repeated };
  const { person, kept } = done;
  const enrolled = kept.map(({ face, alreadyThere }, i) => ({
    face: publicItem(face),
    alreadyThere,
    flags: alreadyThere ? [] : reviews[i]!.reasons,
    nearerPerson: alreadyThere ? null : near[i]!.nearerPerson,
  }));
  return { enrolled, person };
}

/** A face or negative example as callers of the gallery see it. */
export function publicItem<Item>({ seq: _, ...item }: Stored<Item>): Item {
  return item as unknown as Item;
}

interface Near {
  /** A face of the own person that is of the same photo. */
  readonly same: Stored<Face> | null;
  readonly nearerPerson: NearerPerson | null;
}

async function nearTo(
  embedding: Float32Array,
  person: StoredPerson | null,
  { store, index, scale }: EnrollContext,
): Promise<Near> {
  const found = await searchPeople({ store, index }, { probe: embedding, limit: COMPETITORS });
  const other = found.find((candidate) => candidate.person.id !== person?.id);
  const own = found.find((candidate) => candidate.person.id === person?.id);
  const isSame = own !== undefined && own.distance <= scale.thresholds.samePhoto;
  const same = isSame ? await faceWithoutEmbedding(store, own.face.id) : null;
  if (!other || other.distance >= (own?.distance ?? Number.POSITIVE_INFINITY)) {
    return { same, nearerPerson: null };
  }
  // Where there is no own face yet, only somebody who could be the same person is worth a word.
  const hasFaces = person !== null && person.faces > 0;
  if (!hasFaces && scale.toOwn(other.distance) >= scale.evidence.midpoint) {
    return { same, nearerPerson: null };
  }
  const { distance } = other;
  const samePhoto = distance <= scale.thresholds.samePhoto;
  const ownDistance = own?.distance ?? null;
  return { same, nearerPerson: { ...other.person, distance, ownDistance, samePhoto } };
}

async function faceWithoutEmbedding(store: GalleryStore, id: string): Promise<Stored<Face> | null> {
  const stored = await store.findFace(id, Date.now());
  if (stored === null) return null;
  const { embedding: _, ...face } = stored;
  return face;
}

/** For each face what it repeats: a face of the person, or an earlier one of the same call. */
function sameAs(
  faces: readonly NewFace[],
  near: readonly Near[],
  scale: DistanceScale,
): readonly (Stored<Face> | { readonly earlier: NewFace } | null)[] {
  const added: NewFace[] = [];
  return faces.map((face, i) => {
    const known = near[i]!.same;
    if (known) return known;
    const earlier = added.find(
      ({ embedding }) => scale.distance(face.embedding, embedding) <= scale.thresholds.samePhoto,
    );
    if (earlier) return { earlier };
    added.push(face);
    return null;
  });
}

function toRow(face: NewFace, personSeq: number) {
  return {
    id: newId(face.id),
    personSeq,
    embedding: face.embedding,
    quality: face.quality ?? null,
    source: face.source ?? null,
    thumbnail: face.thumbnail ?? null,
    createdAt: new Date(),
  };
}

function review(
  face: NewFace,
  { review: level = 'standard' }: AddFacesOptions,
  { store, keepsThumbnails }: EnrollContext,
): ReviewResult {
  const { embedder: expected } = store.settings;
  checkEmbedding(face.embedding, { expected, given: face.embedder, name: 'face.embedding' });
  if (face.thumbnail && !keepsThumbnails) {
    throw new FaceTriggerError('ERR_UNSUPPORTED_OPTION', 'This gallery is opened without thumbnails');
  }
  checkThumbnail(face.thumbnail);
  checkText(face.source, 'source');
  const result = reviewFace(face.quality ?? {}, level);
  if (result.accepted) return result;
  const why = result.reasons.map(({ code, message }) => `${code} (${message})`).join(', ');
  throw new FaceTriggerError('ERR_UNSUITABLE_FACE', `The photo is not fit to enroll somebody: ${why}`, {
    details: { reasons: result.reasons },
  });
}
