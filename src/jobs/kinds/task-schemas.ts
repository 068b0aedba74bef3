import { z } from 'zod';
import { FaceTriggerError } from '../../core/errors.ts';
import { MODEL_PRECISIONS } from '../../models/model-pack.ts';
import type { JsonObject } from '../job-queue.ts';

/** What a job of enrollment holds for all of its photos. */
export const ENROLL_PARAMETERS = z.strictObject({
  review: z.enum(['off', 'standard', 'strict']).optional(),
  duplicates: z.enum(['skip', 'keep']).optional(),
  /** When to delete these people, as ISO 8601. */
  expiresAt: z.iso.datetime().optional(),
  /** What these people agreed to, and when. */
  consent: z.strictObject({ text: z.string(), at: z.iso.datetime() }).optional(),
  minFaceSize: z.number().optional(),
  minScore: z.number().optional(),
  /** Folder with what was unpacked for this job, which goes with it. */
  unpacked: z.string().optional(),
});
export type EnrollParameters = z.output<typeof ENROLL_PARAMETERS>;

/** A photo of a person: a file that the worker can read, or an address that it can fetch. */
export const ENROLL_DATA = z.union([
  z.strictObject({ person: z.string(), file: z.string(), source: z.string() }),
  z.strictObject({ person: z.string(), url: z.string(), source: z.string() }),
]);
export type EnrollData = z.output<typeof ENROLL_DATA>;

/** What `migrateGallery` is told. */
export const MIGRATE_PARAMETERS = z.strictObject({
  models: z.string(),
  precision: z.enum(MODEL_PRECISIONS).optional(),
  sources: z.string().optional(),
  dropMissing: z.boolean().optional(),
  judge: z.boolean().optional(),
  force: z.boolean().optional(),
  commercial: z.boolean().optional(),
});
export type MigrateParameters = z.output<typeof MIGRATE_PARAMETERS>;

/** What `evaluateGallery` is told. */
export const EVALUATE_PARAMETERS = z.strictObject({
  sample: z.int().min(1).max(1_000_000).optional(),
  seed: z.int().min(0).optional(),
});

/** @throws FaceTriggerError `ERR_INVALID_ARGUMENT` where a newer or another program wrote the job */
export function readJobPart<Value>(schema: z.ZodType<Value>, value: JsonObject): Value {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new FaceTriggerError(
    'ERR_INVALID_ARGUMENT',
    `The job is not one that this version understands: ${z.prettifyError(read.error).replaceAll('\n', ' ')}`,
  );
}
