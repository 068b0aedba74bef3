/** What a failure of one code means to each kind of caller. */
export interface ErrorMeaning {
  /** HTTP status that a server answers with. */
  readonly httpStatus: number;
  /** Exit status of the command line. */
  readonly exitStatus: number;
  /** What happened, in one sentence. */
  readonly meaning: string;
}

/**
 * Every code that a {@link FaceTriggerError} can carry, by cause.
 *
 * @remarks Exit status 1 is kept for "the run finished but some inputs failed" and 2 for wrong usage.
 */
export const ERROR_CODES = {
  ERR_INVALID_ARGUMENT: meaning(400, 2, 'An argument or option has a value that is not allowed.'),
  ERR_UNSUPPORTED_OPTION: meaning(400, 2, 'The option exists but this part does not support it.'),
  ERR_SHAPE_MISMATCH: meaning(400, 2, 'An array has the wrong length, shape or dimension.'),
  ERR_FILE_NOT_FOUND: meaning(404, 3, 'A file or folder does not exist.'),
  ERR_FILE_READ: meaning(500, 3, 'A file could not be read.'),
  ERR_FILE_WRITE: meaning(500, 3, 'A file could not be written.'),
  ERR_FILE_FORMAT: meaning(422, 3, 'A file is not of the format that was expected.'),
  ERR_IMAGE_DECODE: meaning(422, 3, 'The bytes are not an image that can be decoded.'),
  ERR_IMAGE_TOO_LARGE: meaning(413, 3, 'The image has more bytes or more pixels than the limit.'),
  ERR_MODEL_FORMAT: meaning(422, 4, 'The model file is damaged or not of a supported kind.'),
  ERR_MODEL_MISMATCH: meaning(409, 4, 'The model belongs to another model (embedder, dimension or hash).'),
  ERR_MODEL_NOT_FOUND: meaning(404, 4, 'The model file is not where it was looked for.'),
  ERR_RUNTIME: meaning(500, 4, 'The inference runtime failed.'),
  ERR_UNAVAILABLE: meaning(
    503,
    4,
    'What is needed cannot be had now: workers that start, a file in its place, or a disk that can be written.',
  ),
  ERR_NOT_TRAINED: meaning(409, 5, 'No classifier is trained or loaded yet.'),
  ERR_TOO_FEW_SAMPLES: meaning(422, 5, 'There are too few photos or people for what was asked.'),
  ERR_DATASET: meaning(422, 5, 'The folder of photos does not have the layout that was expected.'),
  ERR_FFMPEG_NOT_FOUND: meaning(501, 3, 'There is no ffmpeg program on this machine to read video with.'),
  ERR_VIDEO_SOURCE: meaning(422, 3, 'A video or camera could not be opened or read.'),
  ERR_NOT_FOUND: meaning(404, 7, 'The person, face, key or route does not exist.'),
  ERR_CONFLICT: meaning(409, 7, 'The name is taken, or the state no longer allows what was asked.'),
  ERR_UNSUITABLE_FACE: meaning(
    422,
    7,
    'The photo is not fit to enrol somebody with; the reasons are in the message.',
  ),
  ERR_BUSY: meaning(503, 7, 'Another process holds the gallery or the queue; try again later.'),
  ERR_DISK_FULL: meaning(507, 7, 'The disk is full; nothing of the last change was kept.'),
  ERR_UNAUTHENTICATED: meaning(401, 8, 'The request has no valid API key.'),
  ERR_FORBIDDEN: meaning(403, 8, 'The API key does not have the scope that the route needs.'),
  ERR_TOO_MANY_REQUESTS: meaning(
    429,
    8,
    'The queue is full or the key has used up its rate; try again later.',
  ),
  ERR_TIMEOUT: meaning(504, 8, 'The work took longer than the limit.'),
  ERR_NOT_IMPLEMENTED: meaning(501, 6, 'This version cannot do that yet.'),
  ERR_DISPOSED: meaning(500, 6, 'The object was used after dispose().'),
  ERR_ABORTED: meaning(499, 130, 'The work was cancelled by its AbortSignal.'),
} as const satisfies Record<string, ErrorMeaning>;

/** One of the codes in {@link ERROR_CODES}. */
export type FaceTriggerErrorCode = keyof typeof ERROR_CODES;

/**
 * The only error class that face-trigger throws on purpose.
 *
 * @remarks `cause` keeps the error of the library below, where there was one. "No face" and "unknown person"
 * are results (`[]`, `null`), never errors.
 */
export class FaceTriggerError extends Error {
  readonly code: FaceTriggerErrorCode;

  constructor(code: FaceTriggerErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'FaceTriggerError';
    this.code = code;
  }

  /** HTTP status that a server answers with. */
  get httpStatus(): number {
    return ERROR_CODES[this.code].httpStatus;
  }

  /** Exit status of the command line. */
  get exitStatus(): number {
    return ERROR_CODES[this.code].exitStatus;
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

function meaning(httpStatus: number, exitStatus: number, text: string): ErrorMeaning {
  return { httpStatus, exitStatus, meaning: text };
}
