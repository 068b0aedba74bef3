import type { FaceTriggerErrorCode } from '../core/errors.ts';

// The compiler holds the table complete. Status 1 means "the run finished but some inputs failed", 2 wrong usage.
const EXIT_STATUSES: Readonly<Record<FaceTriggerErrorCode, number>> = {
  ERR_INVALID_ARGUMENT: 2,
  ERR_UNSUPPORTED_OPTION: 2,
  ERR_SHAPE_MISMATCH: 2,
  ERR_FILE_NOT_FOUND: 3,
  ERR_FILE_READ: 3,
  ERR_FILE_WRITE: 3,
  ERR_FILE_FORMAT: 3,
  ERR_IMAGE_DECODE: 3,
  ERR_IMAGE_TOO_LARGE: 3,
  ERR_MODEL_FORMAT: 4,
  ERR_MODEL_MISMATCH: 4,
  ERR_MODEL_NOT_FOUND: 4,
  ERR_MODEL_LICENCE: 4,
  ERR_RUNTIME: 4,
  ERR_UNAVAILABLE: 4,
  ERR_NOT_TRAINED: 5,
  ERR_TOO_FEW_SAMPLES: 5,
  ERR_DATASET: 5,
  ERR_FFMPEG_NOT_FOUND: 3,
  ERR_VIDEO_SOURCE: 3,
  ERR_NOT_FOUND: 7,
  ERR_CONFLICT: 7,
  ERR_UNSUITABLE_FACE: 7,
  ERR_BUSY: 7,
  ERR_DISK_FULL: 7,
  ERR_UNAUTHENTICATED: 8,
  ERR_FORBIDDEN: 8,
  ERR_TOO_MANY_REQUESTS: 8,
  ERR_TIMEOUT: 8,
  ERR_NOT_IMPLEMENTED: 6,
  ERR_DISPOSED: 6,
  ERR_ABORTED: 130,
};

/** Exit status that the command line ends with when an error of a code stops it. */
export function exitStatusOf(code: FaceTriggerErrorCode): number {
  return EXIT_STATUSES[code];
}
