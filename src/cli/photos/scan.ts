import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { printable } from '../../core/text/printable.ts';
import { galleryExists } from '../../gallery/gallery-exists.ts';
import { galleryNetworks } from '../../gallery/gallery-networks.ts';
import { openGallery } from '../../gallery/open-gallery.ts';
import { packageEmbedder } from '../../node/models/packaged-models.ts';
import { groupPhotos } from '../../photos/group/group-photos.ts';
import { openPhotoLibrary } from '../../photos/photo-library.ts';
import { DEFAULT_FILM_STEP_MS, type ScannedFile, scanPhotos } from '../../photos/scan/scan-photos.ts';
import { PipelinePool } from '../../pipeline/pipeline-pool.ts';
import type { CommandContext } from '../command-context.ts';
import {
  addNetworkOptions,
  detectionOption,
  type NetworkOptions,
  precisionOption,
} from '../options/network-options.ts';
import { integerAtLeast, numberBetween } from '../options/number-option.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import { describeGroups } from './group.ts';
import { type LibraryOptions, photosSubcommand } from './photos-subcommand.ts';

/** How folders are scanned. */
export interface ScanCommandOptions extends LibraryOptions, NetworkOptions {
  readonly jobs: number;
  readonly minFaceSize?: number | undefined;
  readonly minScore?: number | undefined;
  readonly every: number;
  readonly progress: boolean;
  /** Only of `scan`: an import names faces first. */
  readonly group?: boolean | undefined;
}

/** More threads than this share memory rather than work. */
const MOST_JOBS = 64;
/** Pictures that are decoded while each thread has one. */
const AHEAD = 2;

/** Adds `photos scan`. */
export function addScanCommand(group: Command, context: CommandContext): void {
  const command = photosSubcommand(group, 'scan', 'find the faces in folders of photos, and keep them');
  const folders = command.argument('<folders...>', 'folders, searched with the folders in them');
  addScanOptions(
    folders.option('--no-group', 'leave the faces ungrouped: photos group does it later'),
  ).action((folders: string[], options: ScanCommandOptions) => scanFolders(folders, options, context));
}

/** The options of everything that scans. */
export function addScanOptions(command: Command): Command {
  return addNetworkOptions(command, 'that of the library')
    .addOption(precisionOption('fp32 for a new library, else that of its faces'))
    .addOption(detectionOption('fast'))
    .option(
      '--min-face-size <pixels>',
      "size of the smallest face to find (default: from 40, depending on the picture's size)",
      integerAtLeast(1),
    )
    .option('--min-score <score>', 'lowest score of a face (default: 0)', numberBetween(-1e9, 1e9))
    .option(
      '--every <seconds>',
      'time between two frames of a film that are looked at',
      numberBetween(0.1, 3600),
      DEFAULT_FILM_STEP_MS / 1000,
    )
    .option(
      '--jobs <n>',
      'threads that look for faces',
      integerAtLeast(1),
      Math.min(MOST_JOBS, availableParallelism()),
    )
    .option('--no-progress', 'no progress bar, even on a terminal');
}

/** Scans folders, tells of it, and sets the exit status where something could not be read. */
export async function scanFolders(
  folders: readonly string[],
  options: ScanCommandOptions,
  context: CommandContext,
): Promise<void> {
  const { signal } = context;
  const { library: address, json, commercial, detection, minFaceSize, minScore } = options;
  const output = new Output('scanning', {
    progress: options.progress,
    signal,
    goOn: 'What was scanned is kept: the same command goes on from there',
  });
  const networks = await networksOf(options);
  const profile = await packageEmbedder(networks.precision, networks.models, { commercial });
  const { id, sha256, dimension } = profile;
  await using library = await openPhotoLibrary(address, {
    embedder: { id, sha256, dimension },
    ...{ distances: profile, models: networks.models, thumbnails: true },
  });
  const workers = options.jobs;
  // Threads are started for the first new photo: where nothing is new, the networks are not loaded.
  let pool: Promise<PipelinePool> | undefined;
  const skipped = new Map<string, number>();
  try {
    const result = await scanPhotos(library, folders, {
      analyze: async (image, settings) => {
        pool ??= PipelinePool.create({ ...networks, commercial, detection, workers });
        return (await pool).analyze(image, { ...settings, signal });
      },
      settings: { minFaceSize, minScore, identities: false },
      ...{ profile, signal, concurrency: workers + AHEAD, everyMs: options.every * 1000 },
      onProgress: ({ done, total }) => output.progress(done, total),
      onFile: (file) => print(file, { output, json, skipped }),
    });
    const { times, ...counts } = result;
    const grouped = options.group ? await groupPhotos(library, { signal }) : undefined;
    if (json) await output.json({ done: true, ...counts, ...(grouped && { grouped }) });
    else {
      for (const [message, count] of skipped) output.note(`left out ${count}: ${message}`);
      output.note(summary(counts));
      if (grouped) {
        output.note(describeGroups(grouped));
        if (grouped.nameless > 0) output.note('who they are is asked by: face-trigger photos questions');
      }
    }
    if (result.failed > 0) context.setExitStatus(1);
  } finally {
    output.end();
    // One that did not start has ended the scan.
    await pool?.then(
      (opened) => opened.dispose(),
      () => undefined,
    );
  }
}

async function networksOf(options: ScanCommandOptions) {
  const { library: address, models, precision } = options;
  if (!(await galleryExists(address))) return { models, precision };
  await using gallery = await openGallery(address, { create: false, models });
  return await galleryNetworks(gallery, options);
}

async function print(
  { path, outcome, faces, reason }: ScannedFile,
  parts: {
    readonly output: Output;
    readonly json: true | undefined;
    readonly skipped: Map<string, number>;
  },
): Promise<void> {
  const { output, json, skipped } = parts;
  if (json) {
    if (outcome !== 'same') await output.json({ path, outcome, faces, ...reason });
  } else if (outcome === 'failed') {
    output.note(`${printable(path)}: ${printable(reason!.message)} (${reason!.code})`);
  } else if (outcome === 'skipped') {
    skipped.set(reason!.message, (skipped.get(reason!.message) ?? 0) + 1);
  }
}

function summary(counts: {
  readonly same: number;
  readonly copies: number;
  readonly scanned: number;
  readonly faces: number;
  readonly failed: number;
  readonly removed: number;
}): string {
  const { same, copies, scanned, faces, failed, removed } = counts;
  const parts = [
    `${counted(scanned, 'photo')} scanned, ${counted(faces, 'face')} found`,
    ...(same > 0 ? [`${same} unchanged`] : []),
    ...(copies > 0 ? [`${copies} known at another path`] : []),
    ...(removed > 0 ? [`${removed} gone`] : []),
    ...(failed > 0 ? [`${failed} not read: see "photos failures"`] : []),
  ];
  return parts.join('; ');
}
