import type { Command } from 'commander';
import { scanPeopleFolder } from '../../dataset/people-folder.ts';
import { percent } from '../../evaluate/report/charts.ts';
import { modelsReport } from '../../evaluate/report/models-report.ts';
import { commercialObstacles } from '../../models/licence-terms.ts';
import { makeFolder } from '../../node/files/make-folder.ts';
import { BEST_MODELS, packNames } from '../../node/models/pack-folders.ts';
import { benchModels, type ModelsBench } from '../../pipeline/bench-models.ts';
import { FacePipeline } from '../../pipeline/face-pipeline.ts';
import type { BenchPhoto } from '../../pipeline/read-photos.ts';
import type { CommandContext } from '../command-context.ts';
import { integerAtLeast } from '../options/number-option.ts';
import { Output } from '../output/output.ts';
import { formatTable } from '../output/text-table.ts';
import { writeReport } from '../output/write-report.ts';

interface BenchOptions {
  readonly models?: readonly string[] | undefined;
  readonly photos: number;
  readonly threads?: number | undefined;
  readonly report?: string | undefined;
  readonly progress: boolean;
  readonly json?: true | undefined;
}

/** Adds `models bench`. */
export function addBenchCommand(group: Command, context: CommandContext): void {
  group
    .command('bench')
    .description(
      'compare the speed of packs on this machine with your own photos, and their accuracy if the photos are sorted by person',
    )
    .argument('<people>', 'a folder with a folder of photos for each person, or with unsorted photos')
    .option(
      '--models <name...>',
      'packs to compare, by name or path (default: all of "models list", and dlib+mobilefacenet)',
    )
    .option('--photos <n>', 'use at most this many photos, drawn evenly', integerAtLeast(1), 200)
    .option('--threads <n>', 'threads for the networks (default: chosen for this machine)', integerAtLeast(1))
    .option('--report <dir>', 'write models.html, which opens offline, and models.json')
    .option('--no-progress', 'no progress bar, even on a terminal')
    .option('--json', 'print one JSON object for each pack')
    .action((people: string, options: BenchOptions) => bench(people, options, context));
}

async function bench(folder: string, options: BenchOptions, context: CommandContext): Promise<void> {
  const output = new Output('comparing', { progress: options.progress, signal: context.signal });
  if (options.report !== undefined) await makeFolder(options.report);
  const photos = await choosePhotos(folder, options.photos, output);
  const results = await comparePacks(photos, options, { context, output });
  const json = results.map(({ pack, result: { scores: _, ...rest } }) => ({ pack, ...rest }));
  if (options.json) for (const each of json) await output.json(each);
  else {
    const columns = COLUMNS.map((title, i) => ({
      title,
      align: i === 0 ? ('left' as const) : ('right' as const),
    }));
    await output.line(formatTable(columns, results.map(rowOf)));
    for (const note of notesOn(results)) output.note(note);
  }
  if (options.report === undefined) return;
  const page = await reportOn(results, `${photos.length} of ${folder}`);
  const path = await writeReport(options.report, 'models', { page, json });
  if (!options.json) output.note(`Report: ${path}`);
}

interface PackResult {
  readonly pack: string;
  readonly result: ModelsBench;
}

/** Tries one pack after the other; one that cannot be tried is told and left out. Sets the exit status. */
async function comparePacks(
  photos: readonly BenchPhoto[],
  { models, threads }: BenchOptions,
  { context, output }: { readonly context: CommandContext; readonly output: Output },
): Promise<PackResult[]> {
  const { signal } = context;
  const unreadable = new Set<string>();
  let status = 0;
  const results: PackResult[] = [];
  for (const pack of models ?? [...(await packNames()), BEST_MODELS]) {
    try {
      await using pipeline = await FacePipeline.create({ models: pack, detection: 'fast', threads });
      const result = await benchModels(pipeline, photos, {
        signal,
        onProgress: (done, total) => output.progress(done, total, pack),
        onUnreadable(path, error) {
          // Told once, not for each pack.
          if (!unreadable.has(path)) output.failure(path, error);
          unreadable.add(path);
        },
      });
      results.push({ pack, result });
    } catch (error) {
      signal.throwIfAborted();
      output.failure(pack, error);
      status = 4;
    } finally {
      output.end();
    }
  }
  context.setExitStatus(status || (unreadable.size > 0 ? 1 : 0));
  return results;
}

function reportOn(results: readonly PackResult[], photos: string): Promise<string> {
  return modelsReport({
    title: 'Packs of models',
    date: new Date(),
    facts: [['Photos', photos]],
    columns: COLUMNS,
    rows: results.map(rowOf),
    charts: results.flatMap(({ pack, result: { scores, accuracy } }) =>
      scores && accuracy
        ? [{ pack, scores, eer: accuracy.equalErrorRate, maxDistance: accuracy.atOwnLimit.maxDistance }]
        : [],
    ),
  });
}

async function choosePhotos(folder: string, most: number, output: Output): Promise<BenchPhoto[]> {
  const { people } = await scanPeopleFolder(folder);
  const all = people.flatMap(({ label, photos }) => photos.map((path) => ({ path, person: label })));
  const count = Math.min(most, all.length);
  if (count < all.length) output.note(`${count} of ${all.length} photos, drawn evenly (--photos)`);
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!);
}

const COLUMNS = [
  'PACK',
  'EMBEDDER',
  'WEIGHTS',
  'FOUND',
  'FIND, MS',
  'EMBED, MS',
  'EQUAL ERROR',
  'AT NO FALSE ACCEPT',
  'LIMIT REFUSES',
  'ACCEPTS',
] as const;

function rowOf({ pack, result }: PackResult): string[] {
  const { embedder, ledger, photos, photosWithFace, findMs, embedMs, accuracy } = result;
  const share = (value: number | undefined) => (value === undefined ? '-' : percent(value));
  return [
    pack,
    `${embedder.id}, ${embedder.dimension}`,
    ledger.some((entry) => commercialObstacles(entry).length > 0) ? 'not for business' : 'for business too',
    `${photosWithFace} of ${photos}`,
    findMs.toFixed(1),
    embedMs?.toFixed(1) ?? '-',
    share(accuracy?.equalErrorRate),
    share(accuracy?.trueAcceptsAtNone),
    share(accuracy?.atOwnLimit.refused),
    share(accuracy?.atOwnLimit.accepted),
  ];
}

function notesOn(results: readonly PackResult[]): string[] {
  const pairs = results.find(({ result }) => result.accuracy)?.result.accuracy;
  if (pairs === undefined) return ['no accuracy: that takes two photos of one person, and another person'];
  return [
    `${pairs.genuine} pairs of one person and ${pairs.impostor} of two people; differences of less than one pair in ` +
      'some hundred are chance',
    "AT NO FALSE ACCEPT: share of one person's pairs nearer than any two people; LIMIT: what the pack's own limit does",
  ];
}
