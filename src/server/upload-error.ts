import { FaceTriggerError } from '../core/errors.ts';

/** Why no picture came with a request: the form has no such part, the document no such field, or no base64 in it. */
export type UploadFault = 'part-missing' | 'field-missing' | 'not-base64';

/** A request whose picture is not where it is expected; `details.fault` says why. */
export function uploadError(fault: UploadFault, message: string): FaceTriggerError {
  return new FaceTriggerError('ERR_INVALID_ARGUMENT', message, { details: { fault } });
}
