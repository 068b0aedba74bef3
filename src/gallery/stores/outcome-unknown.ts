import { FaceTriggerError } from '../../core/errors.ts';

/** Details of an error after which nobody can say whether a change was kept: the connection was lost at its commit. */
export const OUTCOME_UNKNOWN = { outcome: 'unknown' } as const;

/** Whether a change that failed may have been kept all the same, so that nothing it needs may be thrown away. */
export function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof FaceTriggerError && error.details?.['outcome'] === OUTCOME_UNKNOWN.outcome;
}
