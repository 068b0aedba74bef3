import { type ErrorDetails, FaceTriggerError, type FaceTriggerErrorCode } from './errors.ts';
import { isError } from './is-kind.ts';

/** An error as it travels between threads and processes, which cannot send classes. */
export interface CarriedError {
  /** `null`: not ours. */
  readonly code: FaceTriggerErrorCode | null;
  readonly message: string;
  readonly details?: ErrorDetails | undefined;
}

/** What is sent of an error; of one that is not ours, its place in the code too. */
export function packError(error: unknown): CarriedError {
  if (error instanceof FaceTriggerError) {
    const { code, message, details } = error;
    return { code, message, ...(details && { details }) };
  }
  return { code: null, message: isError(error) ? (error.stack ?? error.message) : String(error) };
}

/** The error that {@link packError} packed. */
export function unpackError({ code, message, details }: CarriedError): Error {
  return code === null ? new Error(message) : new FaceTriggerError(code, message, { details });
}
