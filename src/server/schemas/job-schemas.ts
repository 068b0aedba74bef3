import { z } from 'zod';
import { MODEL_PRECISIONS } from '../../models/model-pack.ts';
import { REVIEW_LEVEL } from './face-schemas.ts';
import { booleanField, EXPIRY, integerField, list, listField, NAME, UUID } from './fields.ts';

/** Photos of one request; further ones are another job. */
const MOST_PHOTOS = 10_000;
/** Largest request with so many addresses. */
export const JOB_BYTES = 8_000_000;

const TIME = z.string().meta({ format: 'date-time' });
const PHOTO = z.strictObject({
  url: z
    .string()
    .min(8)
    .max(4000)
    .describe('https:// or http://; not an internal address unless the server allows it'),
  person: NAME.describe('Whom the photo shows'),
});
const TRIES = integerField({ min: 1, max: 100 }).describe('How often a task is tried').exactOptional();

export const NEW_JOB = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('enroll'),
    photos: listField(PHOTO, { min: 1, max: MOST_PHOTOS }),
    review: REVIEW_LEVEL,
    duplicates: z.enum(['skip', 'keep']).default('skip'),
    expiresAt: EXPIRY.exactOptional(),
    tries: TRIES,
  }),
  z.strictObject({
    kind: z.literal('evaluate'),
    sample: integerField({ min: 1, max: 1_000_000 }).default(5000),
  }),
  z.strictObject({
    kind: z.literal('migrate'),
    models: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._+-]{0,100}$/i, { error: 'the name of a pack of models' })
      .describe('Name of a pack that the worker has'),
    precision: z.enum(MODEL_PRECISIONS).exactOptional(),
    dropMissing: booleanField().default(false),
    judge: booleanField().default(true),
  }),
]);

export const JOB = z.object({
  id: UUID,
  kind: z.string(),
  state: z
    .enum(['waiting', 'running', 'done', 'canceled'])
    .describe('done: also where some tasks have failed'),
  createdAt: TIME,
  startedAt: TIME.nullable(),
  updatedAt: TIME.nullable(),
  total: z.int().describe('Tasks, such as photos'),
  done: z.int(),
  failed: z.int().describe('Tasks that were given up'),
  outcomes: z.record(z.string(), z.int()).describe('How many tasks ended in which way'),
  percent: z.number(),
  perSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  result: z.record(z.string(), z.unknown()).nullable(),
});
export const JOBS = z.object({ items: list(JOB) });
export const JOBS_QUERY = z.strictObject({ limit: integerField({ min: 1, max: 1000 }).default(100) });

export const FAILURE = z.object({
  id: z.string(),
  jobId: UUID,
  what: z.string().describe('The photo: a path, or an address without its query'),
  code: z.string().nullable(),
  message: z.string(),
  failedAt: TIME,
  tries: z.int(),
});
export const FAILURES_OF_JOBS = z.object({ items: list(FAILURE) });
export const FAILURES_QUERY = z.strictObject({
  limit: integerField({ min: 1, max: 1000 }).default(100),
  job: UUID.exactOptional(),
});
export const RETRY = z.strictObject({
  task: UUID.describe('Only this failure; absent: all of the job').exactOptional(),
});
export const PUT_BACK = z.object({ putBack: z.int().describe('Tasks that are tried again') });
