import { FaceTriggerError } from '../../core/errors.ts';
import type { PhotoDecisionRow, PhotoReads } from '../../gallery/stores/photos/photo-store.ts';
import type { PhotoLibrary } from '../library.ts';
import { endPending } from './make-decision.ts';

/** How many decisions are looked through for one that stands in the way of an undo. */
const LOOKED_THROUGH = 1000;

/**
 * Takes a decision back: all of its faces are known as before, and what was enrolled for it goes.
 *
 * @throws FaceTriggerError `ERR_NOT_FOUND`, `ERR_CONFLICT` where it is undone already or a later decision about the same
 * faces stands
 */
export async function undoDecision(
  library: Pick<PhotoLibrary, 'gallery' | 'store'>,
  id: string,
): Promise<PhotoDecisionRow> {
  const at = new Date();
  const decision = await library.store.transaction(async (rows) => {
    const found = await undoable(rows, id);
    for (const { id: faceId, groupId: _group, ...before } of found.changes.faces ?? [])
      await rows.setKnowledge(faceId, before);
    await rows.setUndone(id, at);
    await rows.changeDecision(id, { personId: null, changes: { ...found.changes, pending: 'undoing' } });
    return found;
  });
  const undone = { ...decision, undoneAt: at };
  await endPending(library, { ...undone, changes: { ...decision.changes, pending: 'undoing' } });
  return undone;
}

async function undoable(
  rows: Pick<PhotoReads, 'findDecision' | 'listDecisions'>,
  id: string,
): Promise<PhotoDecisionRow> {
  const decision = await rows.findDecision(id);
  if (decision === null || decision.changes.pending === 'begun')
    throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no decision with this id');
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
