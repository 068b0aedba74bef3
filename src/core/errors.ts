/** Every code that a {@link FaceTriggerError} can carry, by cause, and what happened, in one sentence. */
export const ERROR_CODES = {
  ERR_INVALID_ARGUMENT: 'An argument or option has a value that is not allowed.',
  ERR_UNSUPPORTED_OPTION: 'The option exists but this part does not support it.',
  ERR_SHAPE_MISMATCH: 'An array has the wrong length, shape or dimension.',
  ERR_FILE_NOT_FOUND: 'A file or folder does not exist.',
  ERR_FILE_READ: 'A file could not be read.',
  ERR_FILE_WRITE: 'A file could not be written.',
  ERR_FILE_FORMAT: 'A file is not of the format that was expected.',
  ERR_IMAGE_DECODE: 'The bytes are not an image that can be decoded.',
  ERR_IMAGE_TOO_LARGE: 'The image has more bytes or more pixels than the limit.',
  ERR_MODEL_FORMAT: 'The model file is damaged or not of a supported kind.',
  ERR_MODEL_MISMATCH: 'The model was made for another model (embedder, dimension or hash).',
  ERR_MODEL_NOT_FOUND: 'The model file is not where it was looked for.',
  ERR_MODEL_LICENCE: 'The license of a model does not allow commercial use or is not known.',
  ERR_RUNTIME: 'The inference runtime failed.',
  ERR_UNAVAILABLE:
    'Something that is needed is not available at the moment: a worker, a file, or a writable disk.',
  ERR_NOT_TRAINED: 'No classifier is trained or loaded yet.',
  ERR_TOO_FEW_SAMPLES: 'There are too few photos or people for what was asked.',
  ERR_DATASET: 'The folder of photos does not have the layout that was expected.',
  ERR_FFMPEG_NOT_FOUND: 'There is no ffmpeg program on this machine to read video with.',
  ERR_VIDEO_SOURCE: 'A video or camera could not be opened or read.',
  ERR_NOT_FOUND: 'The person, face, gallery, job, key or route does not exist.',
  ERR_CONFLICT: 'The name is taken, or the state no longer allows what was asked.',
  ERR_UNSUITABLE_FACE: 'The photo is not fit to enroll somebody with; the reasons are in the message.',
  ERR_BUSY: 'Another process holds the gallery or the queue; try again later.',
  ERR_DISK_FULL: 'The disk is full; nothing of the last change was kept.',
  ERR_UNAUTHENTICATED: 'The request has no valid API key.',
  ERR_FORBIDDEN: 'The API key does not allow this, or an address may not be asked for a photo.',
  ERR_TOO_MANY_REQUESTS: 'The queue is full or the key has used up its rate; try again later.',
  ERR_TIMEOUT: 'The work took longer than the limit.',
  ERR_NOT_IMPLEMENTED: 'This version cannot do that yet.',
  ERR_DISPOSED: 'The object was used after dispose().',
  ERR_ABORTED: 'The work was canceled by its AbortSignal.',
} as const satisfies Record<string, string>;

/** One of the codes in {@link ERROR_CODES}. */
export type FaceTriggerErrorCode = keyof typeof ERROR_CODES;

/** Named facts about a failure, written as JSON where an error leaves the program. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** Options of a {@link FaceTriggerError}. */
export interface FaceTriggerErrorOptions {
  /** The error of the library below. */
  readonly cause?: unknown | undefined;
  readonly details?: ErrorDetails | undefined;
}

/**
 * The only error class that face-trigger throws on purpose.
 *
 * @remarks `cause` keeps the error of the library below, where there was one. "No face" and "unknown person"
 * are results (`[]`, `null`), never errors.
 */
export class FaceTriggerError extends Error {
  readonly code: FaceTriggerErrorCode;
  /** What a program needs to know of the failure, such as the faces that a photo was refused for; plain JSON values. */
  readonly details: ErrorDetails | undefined;

  constructor(code: FaceTriggerErrorCode, message: string, options: FaceTriggerErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'FaceTriggerError';
    this.code = code;
    this.details = options.details;
  }
}

/**
 * Builds the one sentence that every bad argument is answered with.
 *
 * @param expected - what is allowed, such as "an integer >= 16"
 * @param name - the argument's name, such as "options.size"
 * @param received - the value that came; long values are cut
 */
export function invalidArgument(expected: string, name: string, received: unknown): FaceTriggerError {
  return new FaceTriggerError('ERR_INVALID_ARGUMENT', expectation(expected, name, received));
}

/** The text of {@link invalidArgument}, for errors that carry another code. */
export function expectation(expected: string, name: string, received: unknown): string {
  return `Expected ${expected} for ${name} but received ${describe(received)}`;
}

function describe(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'function') return 'a function';
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    // Cyclic, or nested so deeply that it cannot be written; String() would fail on the latter too.
    return Array.isArray(value) ? 'an array that cannot be shown' : 'an object that cannot be shown';
  }
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
