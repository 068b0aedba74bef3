import { FaceTriggerError, type FaceTriggerErrorCode } from '../core/errors.ts';
import { isError } from '../core/is-kind.ts';
import type { JobKind } from './job-kind.ts';
import type { TaskFailure } from './job-queue.ts';

/** Codes of failures that the next try would end with too: they lie in the photo or in the job, not in the moment. */
const PERMANENT: ReadonlySet<FaceTriggerErrorCode> = new Set<FaceTriggerErrorCode>([
  'ERR_INVALID_ARGUMENT',
  'ERR_UNSUPPORTED_OPTION',
  'ERR_SHAPE_MISMATCH',
  'ERR_FILE_FORMAT',
  'ERR_IMAGE_DECODE',
  'ERR_IMAGE_TOO_LARGE',
  'ERR_MODEL_FORMAT',
  'ERR_MODEL_LICENCE',
  'ERR_TOO_FEW_SAMPLES',
  'ERR_DATASET',
  'ERR_NOT_FOUND',
  'ERR_UNSUITABLE_FACE',
  'ERR_FORBIDDEN',
  'ERR_NOT_IMPLEMENTED',
]);

/** What a queue is told of an error that a task of a kind ended with. */
export function taskFailure(error: unknown, kind?: Pick<JobKind, 'isFinal'>): TaskFailure {
  if (error instanceof FaceTriggerError) {
    const { code, message } = error;
    return { code, message, permanent: PERMANENT.has(code) || (kind?.isFinal?.(error) ?? false) };
  }
  return { code: null, message: isError(error) ? error.message : String(error), permanent: false };
}
