// JSON Schemas of the routes that the web page needs beside the others.
import { API_KEY_SCOPES } from './api-key-scopes.ts';
import { object } from './schemas.ts';

const NUMBER = { type: 'number' } as const;
const INTEGER = { type: 'integer' } as const;
const STRING = { type: 'string' } as const;
const NULLABLE_STRING = { type: ['string', 'null'] } as const;
const SCOPES = {
  type: 'array',
  items: { type: 'string', enum: API_KEY_SCOPES },
  minItems: 1,
  maxItems: 3,
  description: 'read: look at people; recognize: send pictures; admin: everything',
} as const;
const MAX_DISTANCE = {
  type: 'number',
  minimum: 0,
  maximum: 4,
  description: 'Farther away than this is unknown',
} as const;

export const SESSION = object({
  version: STRING,
  keysNeeded: { type: 'boolean' },
  keyId: { ...NULLABLE_STRING, description: 'Of the key that came with the request' },
  scopes: SCOPES,
  keepsThumbnails: { type: 'boolean' },
  maxDistance: MAX_DISTANCE,
  limits: object({ maxUploadBytes: INTEGER, maxPixels: INTEGER, requestsPerMinute: INTEGER }),
});

const RETENTION = {
  type: ['integer', 'null'],
  minimum: 1,
  maximum: 36_500,
  description: 'Days after which new people are deleted unless something else is said; null: never',
} as const;
export const SETTINGS = object({ maxDistance: MAX_DISTANCE, retentionDays: RETENTION });
export const SETTINGS_CHANGES = object({ maxDistance: MAX_DISTANCE, retentionDays: RETENTION }, [
  'maxDistance',
  'retentionDays',
]);

export const KEY_ID_PARAMETERS = object({ id: { type: 'string', pattern: '^[0-9a-f]{12}$' } });
export const KEY = object({
  id: STRING,
  label: STRING,
  scopes: SCOPES,
  createdAt: { type: 'string', format: 'date-time' },
});
export const KEYS = object({ items: { type: 'array', items: KEY } });
export const NEW_KEY = object({
  label: { type: 'string', minLength: 1, maxLength: 100, description: 'What the key is for' },
  scopes: SCOPES,
});
export const CREATED_KEY = object({
  key: KEY,
  secret: { type: 'string', description: 'Goes into the header x-api-key; it is told only once' },
});

export const REVIEWED = object({
  width: INTEGER,
  height: INTEGER,
  accepted: { type: 'boolean', description: 'Whether enrollment would take the picture' },
  reasons: {
    type: 'array',
    items: object({ code: STRING, message: STRING }),
    description: 'What is wrong with the picture or could be better',
  },
  faces: {
    type: 'array',
    items: object({
      box: object({ left: NUMBER, top: NUMBER, width: NUMBER, height: NUMBER }),
      score: NUMBER,
    }),
  },
});

const RATE = object({ rate: NUMBER, count: INTEGER, trials: INTEGER, low: NUMBER, high: NUMBER });
const WHO = object({ id: STRING, name: STRING });
const FOUND = {
  type: 'array',
  items: object({ person: WHO, faceId: STRING, source: NULLABLE_STRING, other: WHO, distance: NUMBER }),
} as const;
export const EVALUATION_QUERY = object(
  {
    sample: {
      type: 'integer',
      minimum: 10,
      maximum: 2000,
      default: 500,
      description: 'Faces that are tried; drawn at random where there are more',
    },
  },
  ['sample'],
);
export const EVALUATION = object({
  faces: { type: 'integer', description: 'In the gallery' },
  tried: { type: 'integer', description: 'Faces that were searched for, each without itself' },
  ownSearches: { type: 'integer', description: 'Tried faces whose person has another face' },
  maxDistance: { type: 'number', description: 'The threshold that is set' },
  confidence: { type: 'number', description: 'Of all intervals' },
  equalError: object({ rate: NUMBER, maxDistance: NUMBER }),
  auc: NUMBER,
  thresholds: {
    type: 'array',
    items: object({ maxDistance: NUMBER, falseMatches: RATE, misses: RATE }),
    description: 'Errors at each threshold, with exact (Clopper-Pearson) intervals',
  },
  histogram: { type: 'array', items: object({ from: NUMBER, own: INTEGER, strangers: INTEGER }) },
  binWidth: NUMBER,
  nearestStrangers: FOUND,
  farthestOwn: FOUND,
});
