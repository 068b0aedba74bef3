import type { Job } from './job-queue.ts';

/** How far a job is, and when it may be done. */
export interface JobProgress {
  /** 0 .. 100. */
  readonly percent: number;
  /** Tasks, or parts of a long one, done with in a second since the first was taken; `null`: not known yet. */
  readonly perSecond: number | null;
  /** Seconds until all is done at this rate; `null`: not known, or nothing is left. */
  readonly secondsLeft: number | null;
}

/** @param now - milliseconds since 1970 */
export function jobProgress(job: Job, now = Date.now()): JobProgress {
  const { total, done, failed, part, startedAt, state } = job;
  // A job of one long task is as far as that task.
  const size = part !== null && total === 1 ? part.total : total;
  const ended = part !== null && total === 1 ? part.done : done + failed;
  const isOver = state === 'done' || state === 'canceled';
  const until = isOver ? (job.updatedAt?.getTime() ?? now) : now;
  const seconds = startedAt === null ? 0 : (until - startedAt.getTime()) / 1000;
  const perSecond = ended > 0 && seconds > 0 ? ended / seconds : null;
  return {
    percent: size === 0 ? 100 : Math.floor((100 * ended) / size),
    perSecond,
    secondsLeft: isOver || perSecond === null ? null : Math.ceil((size - ended) / perSecond),
  };
}
