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
  /** Names no file, folder or database of the server. */
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

/** A database in a message: its address tells a user's name and a host, which are nobody's business. */
const DATABASE = / in postgres(?:ql)?:\/\/\S*?(?=:?(?:\s|$))/i;
const NO_DATABASE = 'The database of the gallery cannot be used now; the log of the server says why';

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
    if (code === 'ERR_UNAVAILABLE' && DATABASE.test(message)) return { code, status, message: NO_DATABASE };
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
 * Takes absolute paths out of a text: of POSIX, of Windows, and file URLs; and the address of a database.
 *
 * @remarks Paths of routes (/api/...) and of values in a request (body/name) stay.
 */
export function withoutPaths(text: string): string {
  return text
    .replace(DATABASE, ' in the database')
    .replace(
      /(^|[\s"'`(=[,:])(?:file:\/\/[^\s"'`)]*|\/(?!api\/)[^\s"'`),:]+\/[^\s"'`),:]*|[A-Za-z]:[\\/][^\s"'`),:]*|\\\\[^\s"'`),:]+)/g,
      '$1(a file of the server)',
    );
}
