// Of the routes about what cameras saw, and what people say about it.
import { z } from 'zod';
import { booleanField, integerField, list, NAME, pageOf, UUID } from './fields.ts';

const DATE = z.date();
const PERSON = z.object({ id: UUID, name: z.string() });
const NUMBER = z.number().nullable();
const STRANGER_ID = z.string().min(1).max(100);

const FACE = z.object({
  id: z.string(),
  takenAt: DATE,
  quality: z.number(),
  hasPicture: z.boolean(),
});
export const APPEARANCE = z.object({
  id: z.string(),
  camera: z.string(),
  place: z.string().nullable(),
  zones: list(z.string()),
  track: z.int(),
  startedAt: DATE,
  lastSeenAt: DATE,
  endedAt: DATE.nullable().describe('null while it is there'),
  person: PERSON.nullable().describe('null for nobody known'),
  stranger: z.string().nullable().describe('Id of the stranger'),
  ignored: z.boolean(),
  decidedBy: z.string().nullable().describe('The decision by which somebody said who it is'),
  spoof: z.boolean().describe('The face is not live'),
  probability: NUMBER,
  distance: NUMBER,
  minProbability: NUMBER,
  maxDistance: NUMBER,
  candidates: list(PERSON.extend({ probability: NUMBER, distance: NUMBER })).describe('Best first'),
  quality: z.number(),
  model: z.string().describe('The embedder'),
  galleryRevision: z.string().describe('How far the gallery had changed when it was decided'),
  cutOff: z.boolean().describe('The process that followed it ended before the face left'),
  faces: list(FACE).describe('Kept faces, best first'),
});
export const APPEARANCES = pageOf(APPEARANCE);
export const APPEARANCE_PARAMETERS = z.strictObject({ id: UUID });
export const PICTURE_PARAMETERS = z.strictObject({
  id: UUID,
  picture: z
    .string()
    .regex(/^([1-9]\d{0,3}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/, {
      error: 'a number from 1, which is the best face, or the id of a face',
    })
    .describe('1 is the best face; or the id of a face'),
});
const TIME_QUERY = z.string().max(40);
const PAGE = {
  limit: integerField({ min: 1, max: 200 }).default(50),
  cursor: z.string().max(200).describe('nextCursor of the page before').exactOptional(),
};
export const APPEARANCES_QUERY = z.strictObject({
  ...PAGE,
  person: UUID.describe('Only of this person').exactOptional(),
  stranger: STRANGER_ID.describe('Only of this stranger').exactOptional(),
  camera: z.string().max(200).exactOptional(),
  place: z.string().max(200).exactOptional(),
  from: TIME_QUERY.describe('Seen at or after: a day, or a time with a zone').exactOptional(),
  to: TIME_QUERY.describe('Begun before: a day, or a time with a zone').exactOptional(),
  strangers: booleanField().describe('Only faces of nobody known').exactOptional(),
  ignored: booleanField()
    .describe('true: only of whom is ignored; false: none of them. Left out: both')
    .exactOptional(),
});

/** By name or id, one of the two: the route checks that. */
export const WHO_BODY = z.strictObject({
  name: NAME.describe('A person who is made where nobody has the name').exactOptional(),
  personId: UUID.exactOptional(),
});
export const NOT_BODY = z.strictObject({
  personId: UUID.describe('Left out: whom it was taken for').exactOptional(),
});
const DECISION_FIELDS = {
  id: z.string().describe('Goes into POST /decisions/ID/undo'),
  at: DATE,
  kind: z.string(),
  automatic: z.boolean().describe('Made by the machine on evidence'),
  undoneAt: DATE.nullable(),
  personId: z.string().nullable(),
  appearanceIds: list(z.string()),
  strangerIds: list(z.string()),
  ownerless: list(z.string())
    .describe("After an undo: appearances of somebody who is in the gallery no more, which are nobody's now")
    .optional(),
};
export const DECISION = z.object(DECISION_FIELDS);
export const DECISIONS = z.object({ items: list(DECISION) });
export const DECISION_PARAMETERS = z.strictObject({ id: UUID });
export const DECISIONS_QUERY = z.strictObject({ limit: integerField({ min: 1, max: 200 }).default(50) });
export const NAMED = z.object({
  ...DECISION_FIELDS,
  person: PERSON,
  created: z.boolean().describe('The person is new'),
  enrolledFaceIds: list(z.string()),
  leftOut: list(z.object({ faceId: z.string(), reason: z.string() })).describe(
    'Kept faces that do not stand for the person, and why',
  ),
});

export const STRANGER = z.object({
  id: z.string(),
  firstSeenAt: DATE,
  lastSeenAt: DATE,
  appearances: z.int().describe('How often seen'),
  cameras: list(z.string()),
  ignored: z.boolean(),
  faces: list(FACE.extend({ appearanceId: z.string() })).describe('Best first'),
  suggestion: PERSON.extend({ probability: z.number() })
    .nullable()
    .describe('Somebody known who it may be; only ever suggested'),
});
export const STRANGERS = pageOf(STRANGER);
export const STRANGER_PARAMETERS = z.strictObject({ id: STRANGER_ID });
export const STRANGERS_QUERY = z.strictObject({
  ...PAGE,
  ignored: booleanField().describe('Only those on the ignore list').default(false),
});
export const STRANGER_INTO_BODY = z.strictObject({ into: STRANGER_ID.describe('The stranger who stays') });
export const SPLIT_BODY = z.strictObject({
  appearances: z.array(UUID).min(1).max(1000).describe('Those that are somebody else'),
});
export const SPLIT = z.object({ ...DECISION_FIELDS, strangerId: z.string().describe('The new one') });
export const IGNORE_PERSON_BODY = z.strictObject({ ignored: z.boolean() });
export const IGNORED = z.object({ people: list(PERSON), strangers: list(STRANGER) });
