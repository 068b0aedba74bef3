import { FaceTriggerError } from '../../core/errors.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { openJobQueue } from '../../jobs/open-job-queue.ts';
import { describeError } from '../output/output.ts';

/** The jobs of a gallery for a server, which goes on without them where there can't be any, and says so. */
export async function openJobs(gallery: string): Promise<JobQueue | null> {
  try {
    return await openJobQueue(gallery);
  } catch (error) {
    const isKnown =
      error instanceof FaceTriggerError && ['ERR_UNAVAILABLE', 'ERR_UNSUPPORTED_OPTION'].includes(error.code);
    if (!isKnown) throw error;
    process.stderr.write(`This server does no jobs: ${describeError(error).message}\n`);
    return null;
  }
}
