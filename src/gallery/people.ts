import { FaceTriggerError } from '../core/errors.ts';
import type { Optional } from '../core/options/optional.ts';
import { canonicalName } from '../core/text/person-name.ts';
import { checkChanges, checkConsent, checkExpiry, checkName, newId } from './check-person.ts';
import type { NewPerson, Person } from './gallery-types.ts';
import type { GalleryReads, GalleryWrites, StoredPerson } from './stores/gallery-store.ts';

/** The living person of a name. */
export async function personNamed(rows: GalleryReads, name: string): Promise<StoredPerson | null> {
  for (const form of nameForms(name)) {
    const person = await rows.findPerson({ name: form }, Date.now());
    if (person) return person;
  }
  return null;
}

/** The forms in which a store may have a name: names that were kept before invisible signs were taken out have them. */
export function nameForms(name: string): readonly string[] {
  return [...new Set([canonicalName(name), name.normalize('NFC').trim()])];
}

/** The living person of an id. @throws FaceTriggerError `ERR_NOT_FOUND` */
export async function requirePerson(rows: GalleryReads, id: string): Promise<StoredPerson> {
  const person = typeof id === 'string' ? await rows.findPerson({ id }, Date.now()) : null;
  if (person === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no person with this id');
  return person;
}

/** @throws FaceTriggerError `ERR_CONFLICT` where the name is taken, `ERR_INVALID_ARGUMENT` */
export async function insertPerson(rows: GalleryWrites, person: NewPerson): Promise<StoredPerson> {
  const name = checkName(person.name);
  const expiresAt = checkExpiry(person.expiresAt);
  const consent = checkConsent(person.consent);
  await refuseTakenName(rows, name);
  const id = newId(person.id);
  const [stored] = await rows.insertPeople([{ id, name, expiresAt, consent, createdAt: new Date() }]);
  return stored!;
}

/** Changes what is given. @throws FaceTriggerError as {@link insertPerson}, and `ERR_NOT_FOUND` */
export async function updatePerson(
  rows: GalleryWrites,
  id: string,
  changes: Optional<Omit<NewPerson, 'id'>>,
): Promise<StoredPerson> {
  const { seq } = await requirePerson(rows, id);
  const checked = checkChanges(changes);
  if (checked.name !== undefined) await refuseTakenName(rows, checked.name, seq);
  return rows.updatePerson(seq, checked);
}

/** Deletes people with all that they have, and what merges remember of whoever was merged into them. */
export async function deletePeople(rows: GalleryWrites, people: readonly StoredPerson[]): Promise<void> {
  for (const { id, seq } of people) {
    for (const ids = [id]; ids.length > 0; ) {
      for (const merge of await rows.findMerges({ intoId: ids.pop()! })) {
        ids.push(merge.person.id);
        await rows.deleteMerge(merge.seq);
      }
    }
    await rows.deletePerson(seq);
  }
}

/** @throws FaceTriggerError `ERR_CONFLICT`; the message does not repeat the name, messages end up in logs */
export async function refuseTakenName(rows: GalleryReads, name: string, exceptSeq = 0): Promise<void> {
  const taken = await rows.findPerson({ name }, null);
  if (taken === null || taken.seq === exceptSeq) return;
  refuseExpired(taken);
  throw new FaceTriggerError('ERR_CONFLICT', 'Another person has this name already');
}

/** Whether a person's time is not over. */
export function isAlive({ expiresAt }: Pick<Person, 'expiresAt'>): boolean {
  return expiresAt === null || expiresAt.getTime() > Date.now();
}

/** @throws FaceTriggerError `ERR_CONFLICT` where a person whose name or id is wanted is in the store, but in no answer */
export function refuseExpired(person: Pick<Person, 'expiresAt'>): void {
  if (isAlive(person)) return;
  const message = 'Another person, who has expired but is not purged yet, has this name already';
  throw new FaceTriggerError('ERR_CONFLICT', message);
}

/** The person as callers of the gallery see it. */
export function publicPerson({ id, name, faces, createdAt, expiresAt, consent }: StoredPerson): Person {
  return { id, name, faces, createdAt, expiresAt, consent };
}
