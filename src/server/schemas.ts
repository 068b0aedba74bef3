// JSON Schemas: fastify validates requests and writes answers by them, and the OpenAPI document is made of them.

const NUMBER = { type: 'number' } as const;
const STRING = { type: 'string' } as const;
const UUID = { type: 'string', pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' } as const;
const DATE = { type: 'string', format: 'date-time' } as const;
const NULLABLE_DATE = { type: ['string', 'null'], format: 'date-time' } as const;
/** What is asked for; answers have times. */
const EXPIRY = {
  type: 'string',
  maxLength: 40,
  description:
    'A day to come, such as 2027-06-30, which means its first moment in UTC, or a time with a zone',
} as const;
const NULLABLE_EXPIRY = { ...EXPIRY, type: ['string', 'null'] } as const;
const EMBEDDING = {
  type: 'array',
  items: NUMBER,
  minItems: 2,
  maxItems: 4096,
  description: 'As many numbers as the embedder gives',
} as const;

/** An object all of whose properties are there, unless named as optional. */
export function object<const Properties extends Record<string, object>>(
  properties: Properties,
  optional: readonly (keyof Properties)[] = [],
) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false } as const;
}

/** What an error says besides its message, for programs: by code, so the schema leaves it open. */
const DETAILS = { type: 'object', additionalProperties: true } as const;

export const ERROR = object({
  error: object({ code: STRING, message: STRING, details: DETAILS }, ['details']),
});

const CONSENT = {
  ...object({ text: { type: 'string', minLength: 1, maxLength: 10_000 }, at: DATE }),
  type: ['object', 'null'],
  description: 'That the person agreed to be recognized',
} as const;
const NAME = { type: 'string', minLength: 1, maxLength: 200, description: 'Unique in the gallery' } as const;

export const PERSON = object({
  id: UUID,
  name: NAME,
  faces: { type: 'integer' },
  createdAt: DATE,
  expiresAt: NULLABLE_DATE,
  consent: CONSENT,
});
export const NEW_PERSON = object({ name: NAME, expiresAt: NULLABLE_EXPIRY, consent: CONSENT }, [
  'expiresAt',
  'consent',
]);
export const PERSON_CHANGES = object({ name: NAME, expiresAt: NULLABLE_EXPIRY, consent: CONSENT }, [
  'name',
  'expiresAt',
  'consent',
]);

const QUALITY = {
  type: ['object', 'null'],
  additionalProperties: NUMBER,
  description:
    'Facts about the photo: faceCount, eyeDistance, sharpness, brightness, contrast, yaw, pitch, roll, score',
} as const;
export const FACE = object({
  id: UUID,
  personId: UUID,
  embedder: object({ id: STRING, sha256: STRING }),
  quality: QUALITY,
  source: { type: ['string', 'null'] },
  hasThumbnail: { type: 'boolean' },
  createdAt: DATE,
});
const ENROLLED = {
  face: FACE,
  alreadyThere: {
    type: 'boolean',
    description: 'The person had this photo before; nothing was added, and "face" is the one that is there',
  },
  flags: { type: 'array', items: object({ code: STRING, message: STRING }) },
  nearerPerson: {
    ...object({
      id: UUID,
      name: STRING,
      distance: NUMBER,
      ownDistance: { type: ['number', 'null'] },
      samePhoto: { type: 'boolean', description: 'The very same photo stands for this other person' },
    }),
    type: ['object', 'null'],
    description: 'Another person to whom the new face is nearer than to its own person',
  },
} as const;
export const ENROLLED_FACE = object(ENROLLED);
export const ENROLLED_BY_NAME = object({ person: PERSON, created: { type: 'boolean' }, ...ENROLLED });
export const NEGATIVE = object({
  id: UUID,
  personId: UUID,
  source: { type: ['string', 'null'] },
  createdAt: DATE,
});
export const MERGE = object({ id: UUID, person: PERSON, movedFaces: { type: 'integer' } });

export const CANDIDATE = object({
  person: object({ id: UUID, name: STRING }),
  distance: NUMBER,
  probability: {
    type: 'number',
    description: 'That it is this person, 0 - 1; strangers are in the count, every second face being one',
  },
  face: object({ id: UUID, source: { type: ['string', 'null'] } }),
});
export const CANDIDATES = {
  type: 'array',
  items: CANDIDATE,
  description: 'Most probable first; empty: nobody known',
} as const;

const FOUND = {
  box: object({ left: NUMBER, top: NUMBER, width: NUMBER, height: NUMBER }),
  score: NUMBER,
  landmarks: {
    type: 'array',
    items: { type: 'array', items: NUMBER },
    description:
      'Five points: corners of the left eye (outer, inner), of the right eye (outer, inner), nose base',
  },
  turn: {
    type: 'integer',
    enum: [90, 180, 270],
    description:
      'Degrees clockwise by which the picture has to be turned for the face to stand upright; absent where it does',
  },
  quality: QUALITY,
  embedding: EMBEDDING,
  candidates: CANDIDATES,
} as const;
const { box, score, landmarks, turn } = FOUND;
const picture = <Face extends object>(face: Face) =>
  object({
    width: { type: 'integer' },
    height: { type: 'integer' },
    minFaceSize: { type: 'number', description: 'Pixels of the smallest face that was looked for' },
    faces: { type: 'array', items: face },
  } as const);
export const DETECTED = picture(object({ box, score, landmarks, turn, quality: QUALITY }, ['turn']));
export const EMBEDDED = picture(
  object({ box, score, landmarks, turn, quality: QUALITY, embedding: EMBEDDING }, ['turn']),
);
const RECOGNIZED_FACE = object(
  {
    box,
    score,
    landmarks,
    turn,
    quality: QUALITY,
    candidates: CANDIDATES,
    nearest: {
      ...CANDIDATES,
      description: 'With explain: the nearest people, nearest first, however far away',
    },
  },
  ['turn', 'nearest'],
);
export const RECOGNIZED = object({
  ...picture(RECOGNIZED_FACE).properties,
  maxDistance: { type: 'number', description: 'The threshold that was used' },
  minProbability: { type: 'number', description: 'The least probability that gives a name' },
} as const);
export const VERIFIED = object({
  same: { type: 'boolean' },
  distance: NUMBER,
  probability: NUMBER,
  maxDistance: NUMBER,
});

export const DETECT_QUERY = object(
  {
    minFaceSize: {
      type: 'integer',
      minimum: 20,
      maximum: 4096,
      description:
        "Pixels; larger is faster, smaller finds more. Left out: by the picture's size, 40 and more",
    },
    minScore: NUMBER,
    maxFaces: { type: 'integer', minimum: 1, maximum: 1000, description: 'The largest ones' },
  },
  ['minFaceSize', 'minScore', 'maxFaces'],
);
const SEARCH_OPTIONS = {
  limit: { type: 'integer', minimum: 1, maximum: 100, default: 5, description: 'People for each face' },
  maxDistance: { type: 'number', minimum: 0, description: 'Farther away is unknown' },
  minProbability: {
    type: 'number',
    minimum: 0,
    maximum: 1,
    description: 'Leaves out who is less probable. Left out: nobody is known unless somebody has 0.5',
  },
} as const;
const EXPLAIN = {
  type: 'boolean',
  description: 'Also give the nearest people beyond the threshold',
} as const;
export const RECOGNIZE_QUERY = object({ ...DETECT_QUERY.properties, ...SEARCH_OPTIONS, explain: EXPLAIN }, [
  'minFaceSize',
  'minScore',
  'maxFaces',
  'limit',
  'maxDistance',
  'minProbability',
  'explain',
]);
export const SEARCH_BODY = object({ embedding: EMBEDDING, ...SEARCH_OPTIONS }, [
  'limit',
  'maxDistance',
  'minProbability',
]);
export const VERIFY_QUERY = object({ maxDistance: SEARCH_OPTIONS.maxDistance }, ['maxDistance']);
const ENROLL_PROPERTIES = {
  review: { type: 'string', enum: ['off', 'standard', 'strict'], default: 'standard' },
  source: { type: 'string', maxLength: 1000 },
  box: {
    type: 'string',
    pattern: '^-?\\d{1,6}(\\.\\d{1,6})?(,-?\\d{1,6}(\\.\\d{1,6})?){3}$',
    description:
      'left,top,width,height: which face of a picture with several, as /recognize gives its box; without it the largest',
  },
  minFaceSize: DETECT_QUERY.properties.minFaceSize,
  duplicates: {
    type: 'string',
    enum: ['skip', 'keep'],
    default: 'skip',
    description: 'What becomes of a photo that the person has already',
  },
} as const;
const ENROLL_OPTIONAL = ['review', 'source', 'box', 'minFaceSize', 'duplicates'] as const;
export const ENROLL_QUERY = object(ENROLL_PROPERTIES, ENROLL_OPTIONAL);
export const ENROLL_BY_NAME_QUERY = object({ name: NAME, expiresAt: EXPIRY, ...ENROLL_PROPERTIES }, [
  'expiresAt',
  ...ENROLL_OPTIONAL,
]);

export const PAGE_QUERY = object(
  {
    limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
    cursor: { type: 'string', maxLength: 100, description: 'nextCursor of the page before' },
    query: { type: 'string', maxLength: 200, description: 'Text that names contain' },
  },
  ['limit', 'cursor', 'query'],
);
export const ID_PARAMETERS = object({ id: UUID });
export const pageOf = <Item extends object>(item: Item) =>
  object({ items: { type: 'array', items: item }, nextCursor: { type: ['string', 'null'] } } as const);
export const EMBEDDING_BODY = object({ embedding: EMBEDDING, source: { type: 'string', maxLength: 1000 } }, [
  'source',
]);
export const INTO_BODY = object({ into: { ...UUID, description: 'The person who stays' } });

/** How pictures come; the validator leaves them to the reader of uploads. */
export const uploadBody = (...names: readonly string[]) => {
  const file = { type: 'string', description: 'Picture: JPEG, PNG, WebP, AVIF, TIFF, GIF, BMP, PGM or PPM' };
  const all = (item: object) => ({
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, item])),
    required: [...names],
  });
  return {
    'multipart/form-data': all({ ...file, contentMediaType: 'application/octet-stream' }),
    'application/json': all({ ...file, contentEncoding: 'base64' }),
    ...(names.length === 1 && { 'application/octet-stream': file }),
  };
};
