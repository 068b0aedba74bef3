import type { FastifyError } from 'fastify';
import { FaceTriggerError, type FaceTriggerErrorCode } from '../../core/errors.ts';
import type { UploadFault } from '../upload-error.ts';

/**
 * CompreFace's own numbers, each with its HTTP status: clients tell their users by the number what is wrong.
 *
 * @remarks Source: CompreFace 1.2, CommonExceptionCode.java.
 */
export const COMPREFACE_ERRORS = {
  UNDEFINED: { code: 0, status: 400 },
  EMPTY_REQUIRED_FIELD: { code: 5, status: 400 },
  MODEL_NOT_FOUND: { code: 10, status: 401 },
  IMAGE_NOT_FOUND: { code: 11, status: 404 },
  MISSING_REQUEST_HEADER: { code: 20, status: 400 },
  UNAVAILABLE_FILE_EXTENSION: { code: 21, status: 400 },
  VALIDATION_CONSTRAINT_VIOLATION: { code: 26, status: 400 },
  NO_FACES_FOUND: { code: 28, status: 400 },
  TOO_MANY_FACES: { code: 31, status: 400 },
  MISSING_REQUEST_PARAMETER: { code: 33, status: 400 },
  MISSING_REQUEST_PART: { code: 34, status: 400 },
  INCORRECT_ARGUMENT: { code: 36, status: 400 },
  WRONG_EMBEDDING_COUNT: { code: 37, status: 400 },
  FACES_SERVICE_EXCEPTION: { code: 41, status: 500 },
  SUBJECT_NOT_FOUND: { code: 42, status: 404 },
  SUBJECT_ALREADY_EXISTS: { code: 43, status: 400 },
  EMBEDDING_NOT_FOUND: { code: 44, status: 404 },
} as const;

/** Name of one of {@link COMPREFACE_ERRORS}. */
export type CompreFaceReason = keyof typeof COMPREFACE_ERRORS;

/** A refusal that CompreFace has a number for. */
export class CompreFaceError extends FaceTriggerError {
  readonly reason: CompreFaceReason;

  constructor(reason: CompreFaceReason, message: string) {
    super(COMPREFACE_ERRORS[reason].status === 404 ? 'ERR_NOT_FOUND' : 'ERR_INVALID_ARGUMENT', message);
    this.reason = reason;
  }
}

/** Failures of the house that CompreFace has a number for. */
const REASONS: Partial<Record<FaceTriggerErrorCode, CompreFaceReason>> = {
  ERR_INVALID_ARGUMENT: 'INCORRECT_ARGUMENT',
  ERR_SHAPE_MISMATCH: 'INCORRECT_ARGUMENT',
  ERR_IMAGE_DECODE: 'UNAVAILABLE_FILE_EXTENSION',
  ERR_UNAUTHENTICATED: 'MODEL_NOT_FOUND',
  ERR_CONFLICT: 'SUBJECT_ALREADY_EXISTS',
};

const FAULTS: Record<UploadFault, CompreFaceReason> = {
  'part-missing': 'MISSING_REQUEST_PART',
  'field-missing': 'EMPTY_REQUIRED_FIELD',
  'not-base64': 'UNAVAILABLE_FILE_EXTENSION',
};

/**
 * What CompreFace would answer in place of a failure.
 *
 * @param failure - what the other routes would answer
 * @returns HTTP status and body; the number is 0, CompreFace's "undefined", where it has none of its own, and the
 * status then tells what happened (413, 429, 503 ...)
 */
export function toCompreFaceAnswer(
  error: FastifyError | FaceTriggerError,
  failure: { readonly code: FaceTriggerErrorCode; readonly status: number; readonly message: string },
): { readonly status: number; readonly body: { readonly message: string; readonly code: number } } {
  const { status, message } = failure;
  const fault =
    error instanceof FaceTriggerError ? (error.details?.fault as UploadFault | undefined) : undefined;
  const reason =
    error instanceof CompreFaceError
      ? error.reason
      : fault !== undefined
        ? FAULTS[fault]
        : status === 500
          ? 'FACES_SERVICE_EXCEPTION'
          : // A status of the web's own, such as 415, says more than "incorrect argument".
            failure.code === 'ERR_INVALID_ARGUMENT' && status !== 400
            ? undefined
            : REASONS[failure.code];
  if (reason === undefined) return { status, body: { message, code: COMPREFACE_ERRORS.UNDEFINED.code } };
  return {
    status: COMPREFACE_ERRORS[reason].status,
    body: { message, code: COMPREFACE_ERRORS[reason].code },
  };
}
