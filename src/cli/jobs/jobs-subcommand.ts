import type { Command } from 'commander';
import { jobProgress } from '../../jobs/job-progress.ts';
import type { Job, JobQueue } from '../../jobs/job-queue.ts';
import { openJobQueue } from '../../jobs/open-job-queue.ts';
import { gallerySubcommand } from '../gallery/gallery-subcommand.ts';

/** What every subcommand of `jobs` is told. */
export interface JobsOptions {
  readonly gallery: string;
  readonly json?: true | undefined;
}

/** Adds a subcommand with the options that all of them have. */
export function jobsSubcommand(group: Command, name: string, description: string): Command {
  return gallerySubcommand(group, name, description);
}

/** Opens the jobs of a gallery that exists and closes them. */
export async function withJobs(
  { gallery }: JobsOptions,
  work: (queue: JobQueue) => Promise<void>,
): Promise<void> {
  await using queue = await openJobQueue(gallery);
  await work(queue);
}

/** A job in `--json`. */
export function jobJson(job: Job): object {
  return { ...job, progress: jobProgress(job) };
}

/** A job in one line, such as "running, 41 % (410 of 1000, 2 failed), 3.1 a second, 3 min left". */
export function describeJob(job: Job): string {
  const { state, total, done, failed } = job;
  const { percent, perSecond, secondsLeft } = jobProgress(job);
  const failures = failed > 0 ? `, ${failed} failed` : '';
  const parts = [`${state}, ${percent} % (${done} of ${total}${failures})`];
  if (perSecond !== null) parts.push(`${perSecond.toPrecision(2)} a second`);
  if (secondsLeft !== null) parts.push(`${durationText(secondsLeft)} left`);
  return parts.join(', ');
}

/** Such as "40 s", "12 min" or "3 h 5 min". */
function durationText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
