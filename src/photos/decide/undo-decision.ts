import { FaceTriggerError } from '../../core/errors.ts';
import type { PhotoDecisionRow, PhotoReads } from '../../gallery/stores/photos/photo-store.ts';
import type { PhotoLibrary } from '../photo-library.ts';

/** How many decisions are looked through for one that stands in the way of an undo. */
const LOOKED_THROUGH = 1000;

/**
 * Takes a decision back: all of its faces are known as before, and what was enrolled for it goes.
 *
 * @throws FaceTriggerError `ERR_NOT_FOUND`, `ERR_CONFLICT` where it is undone already or a later decision about the same
 * faces stands
 */
export async function undoDecision(
  { gallery, store }: Pick<PhotoLibrary, 'gallery' | 'store'>,
  id: string,
): Promise<PhotoDecisionRow> {
  const at = new Date();
  const decision = await store.transaction(async (rows) => {
    const found = await undoable(rows, id);
    for (const { id: faceId, groupId: _group, ...before } of found.changes.faces ?? [])
      await rows.setKnowledge(faceId, before);
    await rows.setUndone(id, at);
    return found;
  });
  const { enrolledFaceIds = [], createdPersonIds = [], mergeId } = decision.changes;
  for (const faceId of enrolledFaceIds) await ifThere(() => gallery.deleteFace(faceId));
  if (mergeId !== undefined) await gallery.undoMerge(mergeId);
  for (const personId of createdPersonIds) {
    const person = await gallery.getPerson(personId);
    // Somebody may have added photos of them meanwhile, or named faces after them.
    const isNamed = (await store.listFaces({ personId, limit: 1 })).length > 0;
    if (person?.faces === 0 && !isNamed) await ifThere(() => gallery.deletePerson(personId));
  }
  return { ...decision, undoneAt: at };
}

async function undoable(
  rows: Pick<PhotoReads, 'findDecision' | 'listDecisions'>,
  id: string,
): Promise<PhotoDecisionRow> {
  const decision = await rows.findDecision(id);
  if (decision === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no decision with this id');
  if (decision.undoneAt !== null)
    throw new FaceTriggerError('ERR_CONFLICT', 'This decision is undone already');
  const own = facesOf(decision);
  for (const later of await rows.listDecisions(LOOKED_THROUGH)) {
    if (later.id === id) break;
    if (later.undoneAt !== null || ![...facesOf(later)].some((face) => own.has(face))) continue;
    const message = `A later decision (${later.kind}, ${later.id}) about the same faces stands in the way: undo that first`;
    throw new FaceTriggerError('ERR_CONFLICT', message);
  }
  return decision;
}

function facesOf({ changes }: PhotoDecisionRow): ReadonlySet<string> {
  return new Set((changes.faces ?? []).map((face) => face.id));
}

async function ifThere(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof FaceTriggerError && error.code === 'ERR_NOT_FOUND')) throw error;
  }
}
