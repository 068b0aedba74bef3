// Of the routes that look at pictures and learn nothing.
import { z } from 'zod';
import type { FaceQualityFacts } from '../../gallery/review-face.ts';
import {
  BOX,
  booleanField,
  EMBEDDING,
  EMBEDDING_FIELD,
  integerField,
  list,
  numberField,
  UUID,
} from './fields.ts';

const FACTS: z.ZodType<FaceQualityFacts> = z
  .record(z.string(), z.number())
  .describe(
    'Facts about the photo: faceCount, eyeDistance, sharpness, brightness, contrast, yaw, pitch, roll, score',
  );
export const QUALITY = FACTS.nullable();

export const CANDIDATES = list(
  z.object({
    person: z.object({ id: UUID, name: z.string() }),
    distance: z.number(),
    probability: z
      .number()
      .describe('That it is this person, 0 - 1; strangers are in the count, every second face being one'),
    face: z.object({ id: UUID, source: z.string().nullable() }),
  }),
).describe('Most probable first; empty: nobody known');

export const LIVENESS = z
  .object({
    live: z.boolean(),
    score: z.number().describe('0 (certainly shown) - 1 (certainly live)'),
    attackKind: z.string().nullable().describe('How the face is shown; null for a live one'),
  })
  .describe(
    'Whether the face is before the camera itself; only where the server checks it (serve --liveness)',
  );

const FOUND_FACE = z.object({
  box: BOX,
  score: z.number(),
  landmarks: list(list(z.number())).describe(
    'Five points: corners of the left eye (outer, inner), of the right eye (outer, inner), nose base',
  ),
  turn: z
    .int()
    .meta({
      enum: [90, 180, 270],
      description:
        'Degrees clockwise by which the picture has to be turned for the face to stand upright; absent where it does',
    })
    .optional(),
  liveness: LIVENESS.optional(),
  quality: QUALITY,
});
const PICTURE = z.object({
  width: z.int(),
  height: z.int(),
  minFaceSize: z.number().describe('Pixels of the smallest face that was looked for'),
});
export const DETECTED = PICTURE.extend({ faces: list(FOUND_FACE) });
export const EMBEDDED = PICTURE.extend({ faces: list(FOUND_FACE.extend({ embedding: EMBEDDING })) });
export const RECOGNIZED = PICTURE.extend({
  faces: list(
    FOUND_FACE.extend({
      candidates: CANDIDATES,
      nearest: CANDIDATES.describe(
        'With explain: the nearest people, nearest first, however far away',
      ).optional(),
    }),
  ),
  maxDistance: z.number().describe('The threshold that was used'),
  minProbability: z.number().describe('The least probability that gives a name'),
});
export const VERIFIED = z.object({
  same: z.boolean(),
  distance: z.number(),
  probability: z.number(),
  maxDistance: z.number(),
  liveness: list(LIVENESS).describe('Of both pictures, where the server checks it').optional(),
});
export const SEARCHED = z.object({ candidates: CANDIDATES });
export const REVIEWED = z.object({
  width: z.int(),
  height: z.int(),
  accepted: z.boolean().describe('Whether enrollment would take the picture'),
  reasons: list(z.object({ code: z.string(), message: z.string() })).describe(
    'What is wrong with the picture or could be better',
  ),
  faces: list(z.object({ box: BOX, score: z.number(), liveness: LIVENESS.optional() })),
});

export const MIN_FACE_SIZE = integerField({ min: 20, max: 4096 }).describe(
  "Pixels; larger is faster, smaller finds more. Left out: by the picture's size, 40 and more",
);
export const DETECT_QUERY = z.strictObject({
  minFaceSize: MIN_FACE_SIZE.exactOptional(),
  minScore: numberField().exactOptional(),
  maxFaces: integerField({ min: 1, max: 1000 }).describe('The largest ones').exactOptional(),
});
const MAX_DISTANCE = numberField({ min: 0 }).describe('Farther away is unknown').exactOptional();
const SEARCH_FIELDS = {
  limit: integerField({ min: 1, max: 100 }).describe('People for each face').default(5),
  maxDistance: MAX_DISTANCE,
  minProbability: numberField({ min: 0, max: 1 })
    .describe('Leaves out who is less probable. Left out: nobody is known unless somebody has 0.5')
    .exactOptional(),
};
export const RECOGNIZE_QUERY = DETECT_QUERY.extend({
  ...SEARCH_FIELDS,
  explain: booleanField().describe('Also give the nearest people beyond the threshold').exactOptional(),
});
export const SEARCH_BODY = z.strictObject({ embedding: EMBEDDING_FIELD, ...SEARCH_FIELDS });
export const VERIFY_QUERY = z.strictObject({ maxDistance: MAX_DISTANCE });
export const REVIEW_LEVEL = z.enum(['off', 'standard', 'strict']).default('standard');
export const REVIEW_QUERY = z.strictObject({ review: REVIEW_LEVEL });
