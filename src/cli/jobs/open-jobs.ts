import { FaceTriggerError } from '../../core/errors.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { JobShelf } from '../../jobs/job-shelf.ts';
import { openJobQueue } from '../../jobs/open-job-queue.ts';
import type { GalleryPlace } from '../gallery-place.ts';
import { describeError } from '../output/output.ts';

/** Jobs for a server. */
export interface OpenedJobs extends AsyncDisposable {
  /** Of the gallery that it is started with. */
  readonly queue: JobQueue;
  /** Of all galleries, where it answers for several. */
  readonly queues?: JobShelf | undefined;
}

/** The jobs of a server's galleries; it goes on without them where there can't be any, and says so. */
export async function openJobs({
  main,
  name,
  all,
}: Pick<GalleryPlace, 'main' | 'name' | 'all'>): Promise<OpenedJobs | null> {
  try {
    if (all === null) {
      const queue = await openJobQueue(main);
      return { queue, [Symbol.asyncDispose]: () => queue.dispose() };
    }
    const queues = await JobShelf.open(all);
    try {
      return { queue: await queues.of(name), queues, [Symbol.asyncDispose]: () => queues.dispose() };
    } catch (error) {
      await queues.dispose();
      throw error;
    }
  } catch (error) {
    const isKnown =
      error instanceof FaceTriggerError && ['ERR_UNAVAILABLE', 'ERR_UNSUPPORTED_OPTION'].includes(error.code);
    if (!isKnown) throw error;
    process.stderr.write(`This server does no jobs: ${describeError(error).message}\n`);
    return null;
  }
}
