import { z } from 'zod';
import { CANDIDATES, LIVENESS } from './face-schemas.ts';
import { BOX, list } from './fields.ts';

// Of the check that a head turns as it is told to.
const NONCE = z.string().describe('Names the challenge; worth nothing after its result');
const DIRECTION = z.enum(['left', 'right']);

export const NONCE_PARAMETERS = z.strictObject({
  nonce: z.string().regex(/^[A-Za-z0-9_-]{32}$/, { error: 'a nonce as POST /liveness/challenges gives it' }),
});
export const CHALLENGE = z.object({
  nonce: NONCE,
  directions: list(DIRECTION).describe(
    "Where to turn the head, one after the other, to the person's own left and right; ahead before each",
  ),
  expiresAt: z.string().meta({ format: 'date-time' }),
});
export const FRAME_ANSWER = z.object({
  state: z.enum(['going', 'passed', 'failed']),
  done: z.int().describe('Steps done'),
  of: z.int().describe('Steps in all: ahead and a turn for each direction'),
  wanted: z.enum(['ahead', 'left', 'right']).nullable().describe('What comes next; null at the end'),
  hint: z
    .enum(['go on', 'flat', 'other way', 'no face', 'several faces', 'not live', 'another face'])
    .nullable()
    .describe('Why this frame did not count, or the check failed; null where it counted'),
  width: z.int(),
  height: z.int(),
  box: BOX.nullable().describe('Of the face'),
  liveness: LIVENESS.optional(),
  candidates: CANDIDATES.describe('Who it is, once it has passed; most probable first').optional(),
});
