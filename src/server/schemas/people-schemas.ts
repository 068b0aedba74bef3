// Of the routes about people and their faces.
import { z } from 'zod';
import { MIN_FACE_SIZE, QUALITY, REVIEW_LEVEL } from './face-schemas.ts';
import { booleanField, EMBEDDING_FIELD, EXPIRY, list, NAME, SOURCE, UUID } from './fields.ts';

const AGREED = 'That the person agreed to be recognized';
const CONSENT_TEXT = z.string().min(1).max(10_000);

export const PERSON = z.object({
  id: UUID,
  name: NAME,
  faces: z.int(),
  createdAt: z.date(),
  expiresAt: z.date().nullable(),
  consent: z.object({ text: CONSENT_TEXT, at: z.date() }).describe(AGREED).nullable(),
});
const PERSON_FIELDS = {
  name: NAME,
  expiresAt: EXPIRY.nullable().exactOptional(),
  // The route reads the time.
  consent: z
    .strictObject({ text: CONSENT_TEXT, at: z.string().meta({ format: 'date-time' }) })
    .describe(AGREED)
    .nullable()
    .exactOptional(),
};
export const NEW_PERSON = z.strictObject(PERSON_FIELDS);
export const PERSON_CHANGES = z.strictObject({ ...PERSON_FIELDS, name: NAME.exactOptional() });
export const DELETED_PERSON = z.object({ deletedFaces: z.int() });
export const INTO_BODY = z.strictObject({ into: UUID.describe('The person who stays') });
export const MERGE = z.object({ id: UUID, person: PERSON, movedFaces: z.int() });

export const FACE = z.object({
  id: UUID,
  personId: UUID,
  embedder: z.object({ id: z.string(), sha256: z.string() }),
  quality: QUALITY,
  source: z.string().nullable(),
  hasThumbnail: z.boolean(),
  createdAt: z.date(),
});
export const ENROLLED_FACE = z.object({
  face: FACE,
  alreadyThere: z
    .boolean()
    .describe('The person had this photo before; nothing was added, and "face" is the one that is there'),
  flags: list(z.object({ code: z.string(), message: z.string() })),
  nearerPerson: z
    .object({
      id: UUID,
      name: z.string(),
      distance: z.number(),
      ownDistance: z.number().nullable(),
      samePhoto: z.boolean().describe('The very same photo stands for this other person'),
    })
    .describe('Another person to whom the new face is nearer than to its own person')
    .nullable(),
});
export const ENROLLED_BY_NAME = z.object({
  person: PERSON,
  created: z.boolean(),
  ...ENROLLED_FACE.shape,
});

export const NEGATIVE = z.object({
  id: UUID,
  personId: UUID,
  source: z.string().nullable(),
  createdAt: z.date(),
});
export const EMBEDDING_BODY = z.strictObject({
  embedding: EMBEDDING_FIELD,
  source: SOURCE.exactOptional(),
});

export const ENROLL_QUERY = z.strictObject({
  review: REVIEW_LEVEL,
  source: SOURCE.exactOptional(),
  box: z
    .string()
    .regex(/^-?\d{1,6}(\.\d{1,6})?(,-?\d{1,6}(\.\d{1,6})?){3}$/, {
      error: 'left,top,width,height in pixels, such as 118,96,140,140',
    })
    .describe(
      'left,top,width,height: which face of a picture with several, as /recognize gives its box; without it the largest',
    )
    .exactOptional(),
  minFaceSize: MIN_FACE_SIZE.exactOptional(),
  duplicates: z
    .enum(['skip', 'keep'])
    .describe('What becomes of a photo that the person has already')
    .default('skip'),
});
/** A face that was found and embedded elsewhere, as in a page: no picture comes with it. */
export const ENROLL_EMBEDDING_BODY = z.strictObject({
  name: NAME,
  embedding: EMBEDDING_FIELD,
  embedder: z
    .strictObject({ id: z.string().max(200), sha256: z.string().max(64) })
    .describe("Who made it: the server's own, as /session tells"),
  quality: z
    .record(z.string().max(20), z.number())
    .describe('What is known of the picture, in the names of the review: eyeDistance, sharpness ...')
    .exactOptional(),
  source: SOURCE.exactOptional(),
  review: REVIEW_LEVEL,
  expiresAt: EXPIRY.exactOptional(),
});
export const EXPORT_QUERY = z.strictObject({
  thumbnails: booleanField().describe('Also the pictures of the faces').default(false),
});

export const ENROLL_BY_NAME_QUERY = z.strictObject({
  name: NAME,
  expiresAt: EXPIRY.exactOptional(),
  ...ENROLL_QUERY.shape,
});
