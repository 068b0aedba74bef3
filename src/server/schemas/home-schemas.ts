// Of the routes about cameras: live pictures, who is there, and enrolling at the door.
import { z } from 'zod';
import { BOX, list, NAME } from './fields.ts';

const TIME = z.string().meta({ format: 'date-time' });
const CAMERA_NAME = z.string().min(1).max(200);

export const CAMERA_PARAMETERS = z.strictObject({ name: CAMERA_NAME });
export const CAMERA = z.object({
  name: z.string(),
  place: z.string().describe('Name that cameras may share'),
  state: z
    .enum(['starting', 'up', 'lost', 'ended'])
    .describe('starting: no frame came yet; ended: a film is over, or the camera is watched no more'),
  since: TIME.describe('Since when it is in this state'),
  reason: z.string().nullable().describe('Why it is lost or has ended'),
  fps: z.number().describe('Frames a second of late'),
  frame: z.object({ width: z.int(), height: z.int() }).nullable(),
  faces: list(
    z.object({
      track: z.int(),
      box: BOX,
      label: z.string().nullable().describe('The known person'),
      stranger: z.string().nullable(),
      probability: z.number().nullable(),
    }),
  ).describe('In the last frame, in its pixels'),
});
export const CAMERAS = z.object({ items: list(CAMERA) });
export const LIVE_QUERY = z.strictObject({
  camera: z
    .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(CAMERA_NAME).max(64))
    .describe('Only of these cameras; may come more than once')
    .exactOptional(),
});

const STEP = z.enum(['ahead', 'left', 'right', 'up']);
export const ENROLLMENT_BODY = z.strictObject({ name: NAME });
export const ENROLLMENT = z.object({
  id: z.string(),
  camera: z.string(),
  name: z.string().describe('Whom the faces are for'),
  state: z.enum(['going', 'saving', 'done', 'canceled', 'failed']),
  wanted: STEP.nullable().describe("Where to look now, by the person's own left and right; null at the end"),
  done: z.int().describe('Poses that are kept'),
  of: z.int(),
  hint: z
    .enum(['no face', 'several faces', 'not live', 'go on', 'another face', 'poor picture'])
    .nullable()
    .describe('Why the last frame did not count; null where it did'),
  startedAt: TIME,
  endsAt: TIME.describe('What is kept then is enrolled, the rest is left out'),
  message: z.string().nullable().describe('What happened; null while it goes on'),
  result: z
    .object({
      personId: z.string(),
      created: z.boolean().describe('The person is new'),
      kept: list(z.object({ step: STEP, faceId: z.string() })),
      refused: list(z.object({ step: STEP, reason: z.string() })),
      nearerPerson: z
        .string()
        .nullable()
        .describe('Somebody else to whom a new face is nearer than to any earlier face of the person'),
      undone: z.boolean(),
    })
    .nullable(),
});
export const ENROLLMENTS = z.object({ items: list(ENROLLMENT) });

export const VISIT = z.object({
  id: z.string(),
  place: z.string(),
  camera: z.string().describe('Which saw the visitor last'),
  since: TIME,
  lastSeen: TIME.describe('When the face came into view or left it last'),
  inView: z.boolean().describe('A camera sees the face at this moment'),
  label: z.string().nullable().describe('The known person; null for a stranger'),
  personId: z.string().nullable(),
  stranger: z.string().nullable(),
  ignored: z.boolean(),
  appearance: z.string().nullable().describe('The last one of the visit'),
});
export const PRESENCE = z.object({
  places: list(z.object({ place: z.string(), cameras: list(z.string()), visits: list(VISIT) })),
  gone: list(VISIT).describe('Who left, the last one first, at most a hundred'),
});
