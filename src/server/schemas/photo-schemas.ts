// Of the routes about photos, the faces in them, and what people say about those.
import { z } from 'zod';
import { BOX, booleanField, integerField, list, NAME, pageOf, UUID } from './fields.ts';

const DATE = z.date();
const PERSON = z.object({ id: UUID, name: z.string() });
const GROUP_ID = z.string().min(1).max(100);
const SHARE = z.number().describe('0 .. 1');
const GROUPING = z
  .enum(['current', 'going', 'failed'])
  .describe(
    'Whether groups and suggestions are of all that was decided: they are made anew after each decision',
  );

export const PHOTO_STATS = z.object({
  photos: z.int(),
  files: z.int(),
  hidden: z.int().describe('Photos whose files are all gone'),
  films: z.int(),
  failures: z.int().describe('Files that could not be read'),
  faces: z.int(),
  named: z.int(),
  ignored: z.int(),
  alone: z.int().describe('Nameless faces that are in no group'),
  namelessGroups: z.int(),
  grouping: GROUPING,
});

export const PHOTO_FACE = z.object({
  id: UUID,
  photoId: UUID,
  frameMs: z.int().nullable().describe('Of a film: where in it'),
  box: BOX.describe('In pixels of the upright photo'),
  quality: SHARE,
  hasThumbnail: z.boolean(),
  person: PERSON.nullable().describe('Whom somebody said it is'),
  ignored: z.boolean(),
  group: z.string().nullable(),
});
export const PHOTO_FACES = pageOf(PHOTO_FACE);

export const EVIDENCE = list(
  z.object({
    faceId: UUID,
    namedFaceId: UUID.nullable().describe('A face of the person in a photo'),
    enrolledFaceId: UUID.nullable().describe('Or one in the gallery alone'),
    distance: z.number().describe("In the gallery's metric"),
  }),
).describe('The nearest pairs of a face and one of the person, nearest first');
export const SUGGESTION = z.object({ person: PERSON, confidence: SHARE, evidence: EVIDENCE });
const REVIEW = z.object({ person: PERSON, items: z.int(), faces: z.int() });
export const QUESTION = z.object({
  group: GROUP_ID,
  faces: z.int(),
  photos: z.int(),
  confidence: z.number().nullable().describe('The share of its faces that is expected to be one person'),
  best: list(PHOTO_FACE).describe('The best and most various faces, best first'),
  suggestions: list(SUGGESTION).describe('Most probable first'),
});
export const QUESTIONS = z.object({
  items: list(QUESTION).describe('Those first whose answer names most faces'),
  left: z.int().describe('Groups that nobody has named'),
  alone: z.int().describe('Nameless faces that are in no group'),
  reviews: list(REVIEW).describe('People of whom there are faces to confirm, those with most first'),
  grouping: GROUPING,
});
export const QUESTIONS_QUERY = z.strictObject({
  limit: integerField({ min: 1, max: 50 }).default(10),
  offset: integerField({ min: 0, max: 1_000_000 }).default(0),
});
export const GROUP_PARAMETERS = z.strictObject({ group: GROUP_ID });
export const GROUP_FACES_QUERY = z.strictObject({
  limit: integerField({ min: 1, max: 1000 }).default(300),
});
export const GROUP_FACES = z.object({
  items: list(PHOTO_FACE).describe('Those first that are least like the rest'),
});

export const PHOTO_PERSON = z.object({
  person: PERSON,
  faces: z.int(),
  photos: z.int(),
  firstTakenAt: DATE.nullable(),
  lastTakenAt: DATE.nullable(),
  best: PHOTO_FACE.nullable().describe('The best face that has a thumbnail'),
});
export const PHOTO_PEOPLE = z.object({ items: list(PHOTO_PERSON) });
export const PERSON_OVERVIEW = z.object({
  person: PERSON,
  photos: z.int(),
  faces: z.int(),
  best: list(PHOTO_FACE),
  years: list(z.object({ year: z.int(), photos: z.int() })).describe('Oldest first, of photos with a date'),
  undated: z.int().describe('Photos without a date'),
  beside: list(z.object({ person: PERSON, photos: z.int() })).describe('Others in the same photos'),
  toReview: z.int().describe('Suggestions that wait for a yes or no'),
});
export const FACES_QUERY = z.strictObject({
  limit: integerField({ min: 1, max: 200 }).default(60),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, { error: 'nextCursor of the page before' })
    .exactOptional(),
});
export const SUGGESTIONS = z.object({
  person: PERSON,
  best: list(PHOTO_FACE).describe('Faces of the person'),
  items: list(
    z.object({
      group: z.string().nullable().describe('null: a face that stands alone'),
      faces: z.int(),
      faceIds: list(UUID),
      best: list(PHOTO_FACE),
      confidence: SHARE,
      evidence: EVIDENCE,
    }),
  ).describe('Most probable first'),
});
export const SUGGESTIONS_QUERY = z.strictObject({ limit: integerField({ min: 1, max: 200 }).default(40) });

export const PHOTO = z.object({
  id: UUID,
  kind: z.enum(['picture', 'raw', 'film']),
  width: z.int(),
  height: z.int(),
  durationMs: z.number().nullable(),
  takenAt: DATE.nullable().describe("The camera's clock, read as UTC"),
  faces: z.int(),
  paths: list(z.string()).describe('Where its files are'),
});
export const PHOTOS = z.object({ items: list(PHOTO), total: z.int() });
export const PHOTO_WITH_FACES = PHOTO.extend({ shown: list(PHOTO_FACE).describe('Its faces') });
const DAY = z.string().max(40);
export const PHOTOS_QUERY = z.strictObject({
  limit: integerField({ min: 1, max: 200 }).default(60),
  offset: integerField({ min: 0, max: 10_000_000 }).default(0),
  person: UUID.describe('Only photos with this person').exactOptional(),
  with: UUID.describe('Only photos with this person too').exactOptional(),
  from: DAY.describe('Taken at or after: a day, or a time with a zone').exactOptional(),
  to: DAY.describe('Taken before: a day, or a time with a zone').exactOptional(),
  nameless: booleanField().describe('Only photos with a face that nobody has named').exactOptional(),
});
export const PICTURE_QUERY = z.strictObject({
  side: integerField({ min: 64, max: 4096 }).describe('The longer side, in pixels').default(1600),
});
const IDS = /^[0-9a-f-]{36}(,[0-9a-f-]{36}){0,59}$/;
export const THUMBNAILS_QUERY = z.strictObject({
  ids: z
    .string()
    .regex(IDS, { error: 'up to 60 ids of faces, with commas between them' })
    .describe('Of faces, with commas between them'),
});
export const THUMBNAILS = z.object({
  items: list(z.object({ id: UUID, jpeg: z.string().describe('Base64') })).describe('Those that have one'),
});

/** Faces, or all of a group: the route checks that it is one of the two. */
const FACES_OF_BODY = {
  group: GROUP_ID.describe('All faces of the group').exactOptional(),
  faces: z.array(UUID).min(1).max(5000).exactOptional(),
};
export const NAME_FACES_BODY = z.strictObject({
  ...FACES_OF_BODY,
  name: NAME.describe('A person who is made where nobody has the name').exactOptional(),
  personId: UUID.exactOptional(),
  confirm: z.boolean().describe('A suggestion was right').default(false),
});
export const NOT_PERSON_BODY = z.strictObject({ ...FACES_OF_BODY, personId: UUID });
export const IGNORE_FACES_BODY = z.strictObject(FACES_OF_BODY);

export const MERGE_GROUPS_BODY = z.strictObject({
  groups: z.array(GROUP_ID).min(2).max(100).describe('They are one person'),
});
export const SPLIT_GROUP_BODY = z.strictObject({
  group: GROUP_ID,
  faces: z.array(UUID).min(1).max(5000).describe('Those of its faces that are somebody else'),
});

export const PHOTO_DECISION = z.object({
  id: UUID.describe('Goes into POST /photos/decisions/ID/undo'),
  at: DATE,
  kind: z.string(),
  person: PERSON.nullable(),
  faces: z.int().describe('How many faces it is about'),
  undoneAt: DATE.nullable(),
});
export const PHOTO_DECISIONS = z.object({ items: list(PHOTO_DECISION) });
export const PHOTO_DECISIONS_QUERY = z.strictObject({
  limit: integerField({ min: 1, max: 200 }).default(50),
});
export const FACES_NAMED = PHOTO_DECISION.extend({
  created: z.boolean().describe('The person is new'),
  enrolled: z.int().describe('Faces that the person is recognized by from now on'),
});
