import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { isAlive, refuseTakenName, requirePerson } from './people.ts';
import type { GalleryWrites, StoredPerson } from './stores/gallery-store.ts';

/**
 * Moves all that one person has to another, removes the first and remembers what moved.
 *
 * @throws FaceTriggerError `ERR_NOT_FOUND`, `ERR_INVALID_ARGUMENT` where both are the same
 */
export async function mergePeople(
  rows: GalleryWrites,
  id: string,
  intoId: string,
): Promise<{ readonly id: string; readonly person: StoredPerson; readonly movedFaces: number }> {
  const from = await requirePerson(rows, id);
  const into = await requirePerson(rows, intoId);
  if (from.seq === into.seq) throw invalidArgument('another person', 'intoId', intoId);
  const mergeId = crypto.randomUUID();
  const { name, createdAt, expiresAt, consent } = from;
  const person = { id: from.id, name, createdAt, expiresAt, consent };
  await rows.insertMerge({ id: mergeId, person, intoId: into.id, mergedAt: new Date() }, from.seq);
  const movedFaces = await rows.moveRows(from.seq, into.seq);
  await rows.deletePerson(from.seq);
  const after = await rows.findPerson({ seq: into.seq }, null);
  return { id: mergeId, person: after!, movedFaces };
}

/**
 * Makes the person again and gives back what moved and still exists.
 *
 * @throws FaceTriggerError `ERR_NOT_FOUND` for an unknown merge, `ERR_CONFLICT` where the name is taken or the
 * person who got the faces was merged into somebody else later
 */
export async function undoMerge(rows: GalleryWrites, mergeId: string): Promise<StoredPerson> {
  const [merge] = await rows.findMerges({ id: String(mergeId) });
  if (!merge || !isAlive(merge.person))
    throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no merge with this id');
  if ((await rows.findPerson({ id: merge.intoId }, Date.now())) === null) {
    throw new FaceTriggerError(
      'ERR_CONFLICT',
      'A later merge or an expiry stands in the way: undo that first',
    );
  }
  await refuseTakenName(rows, merge.person.name);
  const [person] = await rows.insertPeople([merge.person]);
  await rows.moveMerged(merge.seq, person!.seq);
  await rows.deleteMerge(merge.seq);
  return (await rows.findPerson({ seq: person!.seq }, null))!;
}

/**
 * Deletes what is kept of merged people whose time is over: their names and consents, and the faces that came with
 * them, whoever has them now.
 *
 * @remarks A face is promised to go at the expiry it was taken under; a merge by somebody else does not prolong it.
 */
export async function deleteExpiredMerges(rows: GalleryWrites, now: number): Promise<void> {
  for (const { seq } of await rows.findMerges({ expiredAt: now })) {
    await rows.deleteMerged(seq);
    await rows.deleteMerge(seq);
  }
}
