import { FaceTriggerError } from '../../core/errors.ts';
import type { PhotoLibrary } from '../library.ts';
import { endPending } from './make-decision.ts';

/** Younger ones may be under way in another process. */
const LEFT_AFTER_MS = 60_000;

/**
 * Takes back, or ends undoing, what a killed process left half done.
 *
 * @param olderThanMs - younger ones may be under way elsewhere. @defaultValue a minute
 */
export async function settleDecisions(
  library: Pick<PhotoLibrary, 'gallery' | 'store'>,
  olderThanMs: number = LEFT_AFTER_MS,
): Promise<void> {
  const before = Date.now() - olderThanMs;
  for (const row of await library.store.pendingDecisions()) {
    if ((row.undoneAt ?? row.at).getTime() <= before) await endPending(library, row).catch(leaveConflict);
  }
}

/** One that cannot be taken back now, as a name is somebody else's, must not keep the library shut. */
function leaveConflict(error: unknown): void {
  if (!(error instanceof FaceTriggerError && error.code === 'ERR_CONFLICT')) throw error;
}
