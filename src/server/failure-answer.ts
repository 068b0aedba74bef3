import {
  ERROR_CODES,
  type ErrorDetails,
  FaceTriggerError,
  type FaceTriggerErrorCode,
} from '../core/errors.ts';
import { isError } from '../core/is-kind.ts';
import { httpStatusOf } from './http-status.ts';

/** What is answered when something fails. */
export interface FailureAnswer {
  readonly code: FaceTriggerErrorCode;
  readonly status: number;
  /** Names no file or folder of the server. */
  readonly message: string;
  /** Facts of the failure, which name no file or folder either. */
  readonly details?: ErrorDetails | undefined;
}

/** Failures of the server itself whose meaning helps whoever asks: when to come again, or whom to call. */
const TOLD: readonly FaceTriggerErrorCode[] = ['ERR_BUSY', 'ERR_DISK_FULL', 'ERR_TIMEOUT'];
/** Failures of files of the server: a caller has none there, whatever status the command line would give them. */
const OWN_FILES: readonly FaceTriggerErrorCode[] = [
  'ERR_FILE_NOT_FOUND',
  'ERR_FILE_READ',
  'ERR_FILE_WRITE',
  'ERR_FILE_FORMAT',
  'ERR_MODEL_FORMAT',
  'ERR_MODEL_NOT_FOUND',
];

/**
 * Turns a failure into an answer.
 *
 * @param error - one of ours, or one that may carry an HTTP status, as Fastify's do
 */
export function failureAnswer(error: Error & { readonly statusCode?: number | undefined }): FailureAnswer {
  if (error instanceof FaceTriggerError) {
    const { code, message, details } = error;
    const status = httpStatusOf(code);
    if (TOLD.includes(code)) return { code, status, message: ERROR_CODES[code] };
    const isOurs = OWN_FILES.includes(code);
    if (!isOurs && (status < 500 || code === 'ERR_UNAVAILABLE'))
      return { code, status, message: withoutPaths(message), ...(details && { details }) };
  } else {
    const status = error.statusCode ?? 500;
    if (status === 413) return { code: 'ERR_IMAGE_TOO_LARGE', status, message: 'The request is too large' };
    if (status >= 400 && status < 500)
      return { code: 'ERR_INVALID_ARGUMENT', status, message: withoutPaths(error.message) };
  }
  // What went wrong inside is for the log, not for whoever asks.
  return { code: 'ERR_RUNTIME', status: 500, message: 'The server failed; its log says why' };
}

/** A failure as it is logged. */
export function toLogged(error: unknown): object {
  if (!isError(error)) return { message: String(error) };
  return {
    type: error.name,
    code: (error as { code?: unknown }).code,
    message: error.message,
    stack: error.stack,
  };
}

/**
 * Takes absolute paths out of a text: of POSIX, of Windows, and file URLs.
 *
 * @remarks Paths of routes (/api/...) and of values in a request (body/name) stay.
 */
export function withoutPaths(text: string): string {
  return text.replace(
    /(^|[\s"'`(=[,:])(?:file:\/\/[^\s"'`)]*|\/(?!api\/)[^\s"'`),:]+\/[^\s"'`),:]*|[A-Za-z]:[\\/][^\s"'`),:]*|\\\\[^\s"'`),:]+)/g,
    '$1(a file of the server)',
  );
}
