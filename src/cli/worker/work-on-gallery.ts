import { type GalleryNetworks, galleryNetworks } from '../../gallery/gallery-networks.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { MigrateKind } from '../../jobs/kinds/migrate-kind.ts';
import { removeUnpacked } from '../../jobs/photos/remove-unpacked.ts';
import { runJobs, type WorkerEnd, type WorkerEvent } from '../../jobs/run-jobs.ts';
import { workerKinds } from '../../jobs/worker-kinds.ts';
import type { FacePipeline } from '../../pipeline/face-pipeline.ts';
import { openExistingGallery } from '../gallery/open-existing-gallery.ts';
import { describeError, type Output } from '../output/output.ts';
import { tellOfTask } from './tell-of-task.ts';
import type { WorkerOptions } from './worker-options.ts';

/** One of the galleries of a worker. */
export interface WorkedGallery {
  readonly address: string;
  /** Told with each task, where there are several. */
  readonly name?: string | undefined;
  readonly queue: JobQueue;
  /** Marks that are still to be removed: outlives the gallery's being opened again. */
  readonly settled: string[];
  /** See `RunJobsOptions`. */
  readonly turnMs?: number | undefined;
}

/** What a worker works with. */
export interface WorkerTools {
  readonly output: Output;
  readonly signal: AbortSignal;
  /** A pipeline with these networks, which whoever gives it disposes of. */
  readonly pipelineOf: (networks: GalleryNetworks) => Promise<FacePipeline>;
}

/** Does the jobs of a gallery, changes of its models too, to the end or for its turn. */
export async function workOnGallery(
  gallery: WorkedGallery,
  options: WorkerOptions,
  tools: WorkerTools,
): Promise<void> {
  const { address, name, queue } = gallery;
  const { output, signal } = tools;
  for (;;) {
    const end = await workOnce(gallery, options, tools);
    if (end !== 'models-changed') return;
    // With the gallery closed: a change of models and other work on a file do not go together in one process.
    const { threads, commercial } = options;
    const kinds = [new MigrateKind(address, { threads, commercial })];
    const onEvent = (event: WorkerEvent): void =>
      void tellOfTask(event, output, { json: options.json, gallery: name });
    await runJobs({ queue, kinds, signal, single: true, onEvent });
    output.note('worker: the gallery may have other models now; it is opened again');
  }
}

/** Works until the gallery has other models, or to the end. */
async function workOnce(
  { address, name, queue, settled, turnMs }: WorkedGallery,
  options: WorkerOptions,
  { output, signal, pipelineOf }: WorkerTools,
): Promise<WorkerEnd> {
  const { concurrency, untilEmpty, models, allowInternal, json } = options;
  await using gallery = await openExistingGallery(address, { models }, options.thumbnails === true);
  const pipeline = await pipelineOf(await galleryNetworks(gallery, options));
  await using work = workerKinds({ gallery, pipeline, allowInternal, settled });
  const { kinds } = work;
  const told = new Set<Promise<unknown>>();
  const goOn = (going: Promise<unknown>): void => {
    const ended = going
      // Nobody waits for it before the end, and a worker does not end for its sake.
      .catch((error: unknown) => output.note(`worker: ${describeError(error).message}`))
      .finally(() => told.delete(ended));
    told.add(ended);
  };
  const onEvent = (event: WorkerEvent): void => {
    goOn(tellOfTask(event, output, { json, gallery: name }));
    if (event.type === 'done') goOn(removeUnpacked(queue, event.task.job));
  };
  const end = await runJobs({ queue, kinds, concurrency, signal, untilEmpty, turnMs, onEvent });
  await Promise.all(told);
  return end;
}
