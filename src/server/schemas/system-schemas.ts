// Of the routes about the server itself: its settings, its keys, its health and how right its gallery is.
import { z } from 'zod';
import { API_KEY_SCOPES } from '../api-key-scopes.ts';
import { SETTINGS_LIMITS } from '../settings-limits.ts';
import { integerField, list, listField, numberField } from './fields.ts';

const SCOPE = z.enum(API_KEY_SCOPES);
const SCOPES_TEXT = 'read: look at people; recognize: send pictures; admin: everything';
const SCOPES = z.array(SCOPE).min(1).max(3).readonly().describe(SCOPES_TEXT);
const MAX_DISTANCE_TEXT = 'Farther away than this is unknown';
const RANGE_TEXT =
  "Where charts of distances end: in the gallery's metric, strangers are hardly ever farther apart";
const RETENTION_TEXT =
  'Days after which new people are deleted unless the request says otherwise; null: never';
const [LEAST_DISTANCE, MOST_DISTANCE] = SETTINGS_LIMITS.maxDistance;
const [LEAST_DAYS, MOST_DAYS] = SETTINGS_LIMITS.retentionDays;

const KEY_GALLERY_TEXT = 'The only gallery that it is for; null: any';
const GALLERY_NAME = z
  .string()
  .min(1)
  .max(63)
  .describe('Small letters a-z, digits and . _ -, with a letter or digit first');

export const STATUS = z.object({ status: z.string() });
export const NOT_READY = z.object({
  status: z.string(),
  reason: z.string().optional(),
  missing: list(z.enum(['models', 'database', 'gallery', 'schema', 'mirror', 'queue', 'stopping']))
    .optional()
    .describe('What the server waits for'),
});

export const SESSION = z.object({
  version: z.string(),
  gallery: z.string().describe('Which of several the requests of this key are for'),
  galleries: z.boolean().describe('Whether the key may use others too, which /galleries lists'),
  keysNeeded: z.boolean(),
  keyId: z.string().nullable().describe('Of the key that came with the request'),
  scopes: SCOPES,
  keepsThumbnails: z.boolean(),
  maxDistance: z.number().min(LEAST_DISTANCE).max(MOST_DISTANCE).describe(MAX_DISTANCE_TEXT),
  metric: z.enum(['euclidean', 'cosine']).describe('How the gallery measures distances'),
  range: z.number().describe(RANGE_TEXT),
  embedder: z.object({ id: z.string(), sha256: z.string() }).describe('Whose embeddings the gallery holds'),
  inBrowser: z
    .enum(['fp32', 'int8'])
    .nullable()
    .describe(
      'Numbers that a page computes with to get embeddings of this embedder, from the models below /in-browser/; null: there are none',
    ),
  home: z
    .object({
      enrollment: z.boolean(),
      appearances: z.boolean(),
      strangers: z.boolean(),
      presence: z.boolean(),
    })
    .nullable()
    .describe('What there is of a home whose cameras this server watches; null: it watches none'),
  photos: z.boolean().describe('Whether there are photos beside the gallery'),
  limits: z.object({ maxUploadBytes: z.int(), maxPixels: z.int(), requestsPerMinute: z.int() }),
});

export const SETTINGS = z.object({
  maxDistance: z.number().min(LEAST_DISTANCE).max(MOST_DISTANCE).describe(MAX_DISTANCE_TEXT),
  retentionDays: z.int().min(LEAST_DAYS).max(MOST_DAYS).nullable().describe(RETENTION_TEXT),
});
export const SETTINGS_CHANGES = z.strictObject({
  maxDistance: numberField({ min: LEAST_DISTANCE, max: MOST_DISTANCE })
    .describe(MAX_DISTANCE_TEXT)
    .exactOptional(),
  retentionDays: integerField({ min: LEAST_DAYS, max: MOST_DAYS })
    .nullable()
    .describe(RETENTION_TEXT)
    .exactOptional(),
});

export const KEY_ID_PARAMETERS = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{12}$/, { error: 'the id of a key, such as bb69b034c1dd' }),
});
export const KEY = z.object({
  id: z.string(),
  label: z.string(),
  scopes: SCOPES,
  createdAt: z.string().meta({ format: 'date-time' }),
  gallery: z.string().nullable().describe(KEY_GALLERY_TEXT),
});
export const KEYS = z.object({ items: list(KEY) });
export const NEW_KEY = z.strictObject({
  label: z.string().min(1).max(100).describe('What the key is for'),
  scopes: listField(SCOPE, { min: 1, max: 3 }).describe(SCOPES_TEXT),
  gallery: z.string().max(63).nullable().describe(KEY_GALLERY_TEXT).exactOptional(),
});

export const GALLERIES = z.object({
  items: list(
    z.object({
      name: z.string(),
      people: z.int(),
      faces: z.int(),
      embedder: z.string().nullable(),
      problem: z.string().nullable().describe('Why it cannot be used'),
    }),
  ),
});
export const NEW_GALLERY = z.strictObject({ name: GALLERY_NAME });
export const MADE_GALLERY = z.object({ name: z.string() });
export const GALLERY_PARAMETERS = z.strictObject({ name: GALLERY_NAME });
export const DELETE_GALLERY_QUERY = z.strictObject({
  confirm: z.string().max(63).describe('The name once more').exactOptional(),
});
export const CREATED_KEY = z.object({
  key: KEY,
  secret: z.string().describe('Goes into the header x-api-key; it is told only once'),
});

const RATE = z.object({
  rate: z.number(),
  count: z.int(),
  trials: z.int(),
  low: z.number(),
  high: z.number(),
});
const WHO = z.object({ id: z.string(), name: z.string() });
const FOUND_FACES = list(
  z.object({
    person: WHO,
    faceId: z.string(),
    source: z.string().nullable(),
    other: WHO,
    distance: z.number(),
  }),
);
export const EVALUATION_QUERY = z.strictObject({
  sample: integerField({ min: 10, max: 2000 })
    .describe('Faces that are tried; drawn at random where there are more')
    .default(500),
});
export const EVALUATION = z.object({
  faces: z.int().describe('In the gallery'),
  tried: z.int().describe('Faces that were searched for, each without itself'),
  ownSearches: z.int().describe('Tried faces whose person has another face'),
  maxDistance: z.number().describe('The threshold that is set'),
  confidence: z.number().describe('Of all intervals'),
  equalError: z.object({ rate: z.number(), maxDistance: z.number() }),
  auc: z.number(),
  thresholds: list(z.object({ maxDistance: z.number(), falseMatches: RATE, misses: RATE })).describe(
    'Errors at each threshold, with exact (Clopper-Pearson) intervals',
  ),
  histogram: list(z.object({ from: z.number(), own: z.int(), strangers: z.int() })),
  binWidth: z.number(),
  range: z.number().describe(RANGE_TEXT),
  nearestStrangers: FOUND_FACES,
  farthestOwn: FOUND_FACES,
});
