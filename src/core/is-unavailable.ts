import { FaceTriggerError, type FaceTriggerErrorCode } from './errors.ts';

const PASSING: readonly FaceTriggerErrorCode[] = ['ERR_UNAVAILABLE', 'ERR_BUSY', 'ERR_TIMEOUT'];

/** Whether something failed that may succeed a moment later, as what it needs is away or busy. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof FaceTriggerError && PASSING.includes(error.code);
}
