import { invalidArgument } from '../../core/errors.ts';
import type { NewJob } from '../job-queue.ts';

/** Default of {@link NewJob}'s patience. */
export const DEFAULT_PATIENCE = { tries: 5, retrySeconds: 5, leaseSeconds: 60 } as const;
/** Longest lease and pause: pg-boss takes less than a day. */
const MAX_SECONDS = 80_000;

/** A job with all that it leaves to the defaults. */
export type CheckedJob = Required<{ [Key in keyof NewJob]: NonNullable<NewJob[Key]> }>;

/** @throws FaceTriggerError `ERR_INVALID_ARGUMENT` */
export function checkJob(job: NewJob): CheckedJob {
  const { kind, parameters, tasks } = job;
  const tries = job.tries ?? DEFAULT_PATIENCE.tries;
  const retrySeconds = job.retrySeconds ?? DEFAULT_PATIENCE.retrySeconds;
  const leaseSeconds = job.leaseSeconds ?? DEFAULT_PATIENCE.leaseSeconds;
  if (!/^[a-z][a-z-]{0,30}$/.test(kind)) throw invalidArgument('a word of a-z and -', 'job.kind', kind);
  if (tasks.length === 0) throw invalidArgument('at least one task', 'job.tasks', tasks);
  for (const [name, value, most] of [
    ['tries', tries, 1000],
    ['retrySeconds', retrySeconds, MAX_SECONDS],
    ['leaseSeconds', leaseSeconds, MAX_SECONDS],
  ] as const) {
    if (!Number.isInteger(value) || value < 1 || value > most)
      throw invalidArgument(`an integer of 1 .. ${most}`, `job.${name}`, value);
  }
  return { kind, parameters, tasks, tries, retrySeconds, leaseSeconds };
}
