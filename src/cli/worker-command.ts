import type { Command } from 'commander';
import { isCollection } from '../gallery/collection/gallery-collection.ts';
import type { GalleryNetworks } from '../gallery/gallery-networks.ts';
import { openJobQueue } from '../jobs/open-job-queue.ts';
import type { CommandContext } from './command-context.ts';
import { allowInternalOption } from './options/allow-internal-option.ts';
import { addNetworkOptions, detectionOption } from './options/network-options.ts';
import { integerAtLeast } from './options/number-option.ts';
import { Output } from './output/output.ts';
import { LastPipeline } from './worker/last-pipeline.ts';
import { workOnGalleries } from './worker/work-on-galleries.ts';
import { workOnGallery } from './worker/work-on-gallery.ts';
import type { WorkerOptions } from './worker/worker-options.ts';

/** Adds `worker`. */
export function addWorkerCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('worker')
    .description('do the jobs of a gallery that "jobs" lists; any number of workers share them')
    .requiredOption(
      '--gallery <file>',
      'the gallery, or postgres://user@host/database?gallery=name; a folder or a database without ?gallery= for all galleries there',
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
  await using pipelines = new LastPipeline(options);
  const tools = { output, signal, pipelineOf: (networks: GalleryNetworks) => pipelines.of(networks) };
  if (await isCollection(options.gallery)) return await workOnGalleries(options, tools, context);
  await using queue = await openJobQueue(options.gallery);
  output.note('worker: ready');
  await workOnGallery({ address: options.gallery, queue, settled: [] }, options, tools);
}
