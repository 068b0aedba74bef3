import type { ClusterState } from '../../cluster/cluster-state.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import type {
  PhotoDecisionChanges,
  PhotoDecisionRow,
  PhotoReads,
  PhotoWrites,
} from '../../gallery/stores/photos/photo-store.ts';
import { dissolveFaces } from '../group/loosen-faces.ts';
import type { PhotoLibrary } from '../library.ts';
import { endPending } from './make-decision.ts';
import { undoInGallery } from './undo-in-gallery.ts';

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
  // First, as a name that is taken stands in the way; where nothing else follows, it can be done again.
  const { mergeId } = (await undoable(library.store, id)).changes;
  if (mergeId !== undefined) await undoInGallery(library, { mergeId });
  const decision = await library.store.transaction(async (rows) => {
    const found = await undoable(rows, id);
    const { faces = [], together, apart } = found.changes;
    const moved = await movedSince(rows, faces);
    for (const { id: faceId, groupId: _group, ...before } of faces) await rows.setKnowledge(faceId, before);
    await groupAnew(rows, new Set([...moved, ...(together ?? apart?.odd ?? [])]));
    await rows.setUndone(id, at);
    await rows.changeDecision(id, { personId: null, changes: { ...found.changes, pending: 'undoing' } });
    return found;
  });
  const undone = { ...decision, undoneAt: at };
  await endPending(library, { ...undone, changes: { ...decision.changes, pending: 'undoing' } });
  return undone;
}

/** Faces that are not in the group any more that they were in before the decision. */
async function movedSince(
  rows: Pick<PhotoReads, 'faces'>,
  before: NonNullable<PhotoDecisionChanges['faces']>,
): Promise<readonly string[]> {
  const now = await rows.faces(before.map(({ id }) => id));
  return before.filter(({ id, groupId }) => now.get(id)?.groupId !== groupId).map(({ id }) => id);
}

/** Has the next grouping look for the place of faces as if they were new: what kept them together, or apart, is gone. */
async function groupAnew(rows: PhotoWrites, faceIds: ReadonlySet<string>): Promise<void> {
  const grouping = faceIds.size === 0 ? null : await rows.grouping();
  if (grouping === null) return;
  const state = dissolveFaces(JSON.parse(grouping.state) as ClusterState, faceIds);
  await rows.putGrouping({ ...grouping, state: JSON.stringify(state) });
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
