import type { Command } from 'commander';
import { printable } from '../core/text/printable.ts';
import { galleryNetworks } from '../gallery/gallery-networks.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { MigrateKind } from '../jobs/kinds/migrate-kind.ts';
import { openJobQueue } from '../jobs/open-job-queue.ts';
import { removeUnpacked } from '../jobs/photos/remove-unpacked.ts';
import { runJobs, type WorkerEnd, type WorkerEvent } from '../jobs/run-jobs.ts';
import { workerKinds } from '../jobs/worker-kinds.ts';
import type { DetectionMode } from '../node/models/open-models.ts';
import { FacePipeline } from '../pipeline/face-pipeline.ts';
import type { CommandContext } from './command-context.ts';
import { openExistingGallery } from './gallery/open-existing-gallery.ts';
import { allowInternalOption } from './options/allow-internal-option.ts';
import { addNetworkOptions, detectionOption } from './options/network-options.ts';
import { integerAtLeast } from './options/number-option.ts';
import { describeError, Output } from './output/output.ts';

interface WorkerOptions {
  readonly gallery: string;
  readonly concurrency: number;
  readonly untilEmpty?: true | undefined;
  readonly threads?: number | undefined;
  readonly detection: DetectionMode;
  readonly models?: string | undefined;
  readonly commercial?: true | undefined;
  readonly thumbnails?: true | undefined;
  readonly allowInternal: string[];
  readonly json?: true | undefined;
}

/** Adds `worker`. */
export function addWorkerCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('worker')
    .description('do the jobs of a gallery that "jobs" lists; any number of workers share them')
    .requiredOption(
      '--gallery <file>',
      'the gallery, or postgres://user@host/database?gallery=name',
      'gallery.db',
    )
    .option('--concurrency <n>', 'photos worked on at the same time', integerAtLeast(1), 2)
    .option('--until-empty', 'end when nothing is left to do')
    .option('--threads <n>', 'threads for the networks (default: chosen for this machine)', integerAtLeast(1))
    .addOption(detectionOption('exact'))
    .option('--thumbnails', 'also keep a small picture of each face')
    .addOption(allowInternalOption())
    .option('--json', 'print JSON, one object per line');
  addNetworkOptions(command, "those of the gallery's faces").action((options: WorkerOptions) =>
    work(options, context),
  );
}

async function work(options: WorkerOptions, context: CommandContext): Promise<void> {
  const { signal } = context;
  const output = new Output('', context);
  await using queue = await openJobQueue(options.gallery);
  output.note('worker: ready');
  const settled: string[] = [];
  for (;;) {
    const end = await workOnce(options, { queue, output, signal, settled });
    if (end !== 'models-changed') break;
    // With the gallery closed: a change of models and other work on a file do not go together in one process.
    const kinds = [new MigrateKind(options.gallery, { threads: options.threads })];
    const onEvent = (event: WorkerEvent): void => void tell(event, output, options.json);
    await runJobs({ queue, kinds, signal, single: true, onEvent });
    output.note('worker: the gallery may have other models now; it is opened again');
  }
}

/** Works until the gallery has other models, or to the end. */
async function workOnce(
  options: WorkerOptions,
  {
    queue,
    output,
    signal,
    settled,
  }: {
    readonly queue: JobQueue;
    readonly output: Output;
    readonly signal: AbortSignal;
    /** Outlives the gallery's being opened again. */
    readonly settled: string[];
  },
): Promise<WorkerEnd> {
  const { gallery: address, commercial, threads, detection, concurrency, untilEmpty, models } = options;
  await using gallery = await openExistingGallery(address, { models }, options.thumbnails === true);
  const networks = await galleryNetworks(gallery, options);
  await using pipeline = await FacePipeline.create({ commercial, threads, detection, ...networks });
  const { allowInternal } = options;
  await using work = workerKinds({ gallery, pipeline, allowInternal, settled });
  const { kinds } = work;
  const told = new Set<Promise<unknown>>();
  const goOn = (work: Promise<unknown>): void => {
    const ended = work
      // Nobody waits for it before the end, and a worker does not end for its sake.
      .catch((error: unknown) => output.note(`worker: ${describeError(error).message}`))
      .finally(() => told.delete(ended));
    told.add(ended);
  };
  const onEvent = (event: WorkerEvent): void => {
    goOn(tell(event, output, options.json));
    if (event.type === 'done') goOn(removeUnpacked(queue, event.task.job));
  };
  const end = await runJobs({ queue, kinds, concurrency, signal, untilEmpty, onEvent });
  await Promise.all(told);
  return end;
}

async function tell(event: WorkerEvent, output: Output, json: true | undefined): Promise<void> {
  if (event.type === 'problem') {
    const error = describeError(event.error);
    if (json) return output.json({ event: 'problem', error });
    return output.note(`worker: ${error.message} (${error.code}); trying again`);
  }
  const { id: job, kind } = event.task.job;
  const { what, tries } = event.task;
  const task = { job, kind, what, tries };
  if (event.type === 'done') {
    if (json) await output.json({ event: 'done', ...task, outcome: event.how.outcome });
    return;
  }
  if (event.type === 'lost') {
    if (json) await output.json({ event: 'lost', ...task });
    return;
  }
  const { failure, again } = event;
  if (json) return output.json({ event: again ? 'retry' : 'failed', ...task, error: failure });
  const then = again ? `; tried again later (try ${tries})` : '; given up ("jobs failed" lists it)';
  output.note(`${printable(what)}: ${printable(failure.message)}${then}`);
}
