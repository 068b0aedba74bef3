import { FaceTriggerError, type FaceTriggerErrorCode } from '../../core/errors.ts';
import { whyNotWritten } from './why-not-written.ts';

/** What the system and SQLite say where there is no room, or no permission to write anything at all. */
const CODES: Readonly<Record<string, FaceTriggerErrorCode>> = {
  ENOSPC: 'ERR_DISK_FULL',
  EDQUOT: 'ERR_DISK_FULL',
  SQLITE_FULL: 'ERR_DISK_FULL',
  EROFS: 'ERR_UNAVAILABLE',
  SQLITE_READONLY: 'ERR_UNAVAILABLE',
};

/** The code of a failed write, by its cause: `ERR_DISK_FULL`, `ERR_UNAVAILABLE` for a read-only disk, `ERR_FILE_WRITE`. */
export function writeFailureCode(cause: unknown): FaceTriggerErrorCode {
  const code = String((cause as { code?: unknown } | null)?.code);
  return CODES[code] ?? (code.startsWith('SQLITE_READONLY') ? 'ERR_UNAVAILABLE' : 'ERR_FILE_WRITE');
}

/** The error of a file that could not be written; one of ours is passed on. */
export function writeFailure(path: string, cause: unknown): FaceTriggerError {
  if (cause instanceof FaceTriggerError) return cause;
  const message = `Could not write ${path}: ${whyNotWritten(cause)}`;
  return new FaceTriggerError(writeFailureCode(cause), message, { cause });
}
