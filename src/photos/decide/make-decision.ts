import { randomUUID } from 'node:crypto';
import { FaceTriggerError } from '../../core/errors.ts';
import { isError } from '../../core/is-kind.ts';
import type {
  PhotoDecisionChanges,
  PhotoDecisionKind,
  PhotoDecisionRow,
  PhotoWrites,
  StoredPhotoFace,
} from '../../gallery/stores/photos/photo-store.ts';
import type { PhotoLibrary } from '../library.ts';
import { undoInGallery } from './undo-in-gallery.ts';

/** What is asked of {@link makeDecision}. */
export interface NewPhotoDecision {
  readonly kind: PhotoDecisionKind;
  readonly personId: string | null;
  /** What it says, and what is going to be new in the gallery, by the ids that it will have. */
  readonly planned?: Omit<PhotoDecisionChanges, 'faces' | 'mergeId' | 'pending'> | undefined;
  /** Does it in the gallery. @returns what became new there */
  readonly inGallery?: (() => Promise<Pick<PhotoDecisionChanges, 'enrolledFaceIds' | 'mergeId'>>) | undefined;
  /** Changes what is known of faces. @returns them as they were */
  readonly change: (rows: PhotoWrites, decisionId: string) => Promise<readonly StoredPhotoFace[]>;
}

/**
 * Makes a decision that can be undone.
 *
 * @throws what its parts throw; then all is as it was, or the message says that a later opening takes it back
 * @remarks The gallery and the photos are changed in transactions of their own. What is going to be new in the gallery
 * is written down before, so that {@link settleDecisions} can take back what a killed process left half done.
 */
export async function makeDecision(
  { gallery, store }: Pick<PhotoLibrary, 'gallery' | 'store'>,
  { kind, personId, planned = {}, inGallery, change }: NewPhotoDecision,
): Promise<PhotoDecisionRow> {
  const id = randomUUID();
  const begun = { id, at: new Date(), kind, personId: null, undoneAt: null };
  const pending: PhotoDecisionRow = { ...begun, changes: { ...planned, pending: 'begun' } };
  if (inGallery !== undefined) await store.transaction((rows) => rows.insertDecision(pending));
  try {
    const made = (await inGallery?.()) ?? {};
    return await store.transaction(async (rows) => {
      const faces = (await change(rows, id)).map(asItWas);
      const row = { ...begun, personId, changes: { ...planned, ...made, faces } };
      if (inGallery === undefined) await rows.insertDecision(row);
      else await rows.changeDecision(id, row);
      return row;
    });
  } catch (error) {
    if (inGallery === undefined) throw error;
    await endPending({ gallery, store }, pending).catch((undoError: unknown) => {
      throw notTakenBack(error, undoError);
    });
    throw error;
  }
}

function notTakenBack(error: unknown, undoError: unknown): FaceTriggerError {
  const code = error instanceof FaceTriggerError ? error.code : 'ERR_UNAVAILABLE';
  const what =
    'What it had changed in the gallery is still there, and is taken back when the library is opened in a minute or later';
  const message = `${textOf(error)}. ${what}: ${textOf(undoError)}`;
  return new FaceTriggerError(code, message, { cause: new AggregateError([error, undoError]) });
}

function textOf(error: unknown): string {
  return isError(error) ? error.message : String(error);
}

/** Ends what is pending: what a decision made in the gallery goes. */
export async function endPending(
  library: Pick<PhotoLibrary, 'gallery' | 'store'>,
  { id, changes: { pending, ...changes } }: PhotoDecisionRow,
): Promise<void> {
  await undoInGallery(library, changes);
  await library.store.transaction(async (rows) => {
    if (pending === 'begun') await rows.deleteDecision(id);
    else await rows.changeDecision(id, { personId: null, changes });
  });
}

function asItWas({ id, personId, decidedBy, notPersonIds, isIgnored, groupId }: StoredPhotoFace) {
  return { id, personId, decidedBy, notPersonIds, isIgnored, groupId };
}
