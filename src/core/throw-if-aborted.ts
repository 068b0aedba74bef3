import { FaceTriggerError } from './errors.ts';

/**
 * Ends work that nobody wants any more.
 *
 * @param what - the work, for the message
 * @throws FaceTriggerError `ERR_ABORTED` if the signal has fired
 */
export function throwIfAborted(signal: AbortSignal | undefined, what = 'The work'): void {
  if (signal?.aborted)
    throw new FaceTriggerError('ERR_ABORTED', `${what} was canceled`, { cause: signal.reason });
}
