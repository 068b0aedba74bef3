import type { Command } from 'commander';
import { FaceTriggerError } from '../../core/errors.ts';
import type { EmbeddingJudgment } from '../../gallery/migrate/judge-embeddings.ts';
import {
  type GalleryMigration,
  migrateGallery,
  migrationBackups,
} from '../../gallery/migrate/migrate-gallery.ts';
import type { MissingPictures } from '../../gallery/migrate/missing-pictures.ts';
import type { ModelPrecision } from '../../models/model-pack.ts';
import { ServerSettings } from '../../server/server-settings.ts';
import type { CommandContext } from '../command-context.ts';
import { addNetworkOptions, precisionOption } from '../options/network-options.ts';
import { integerAtLeast } from '../options/number-option.ts';
import { refuseUnused } from '../options/refuse-unused.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import { describeMissing, judged } from './describe-migration.ts';
import { type GalleryOptions, gallerySubcommand, printResult } from './gallery-subcommand.ts';

interface MigrateOptions extends GalleryOptions {
  readonly commercial?: true | undefined;
  readonly precision?: ModelPrecision | undefined;
  readonly sources?: string | undefined;
  readonly dropMissing?: true | undefined;
  readonly dryRun?: true | undefined;
  readonly judge?: true | undefined;
  readonly force?: true | undefined;
  readonly restart?: true | undefined;
  readonly ownModels?: string | undefined;
  readonly removeOld?: true | undefined;
  readonly settings: string;
  readonly threads?: number | undefined;
  readonly progress: boolean;
}

/** Options that say how models are changed. */
const OF_A_CHANGE = [
  ...['precision', 'sources', 'dropMissing', 'dryRun', 'judge', 'force', 'restart', 'ownModels', 'settings'],
  ...['threads', 'commercial'],
];

/** Adds `gallery migrate`. */
export function addMigrateCommand(group: Command, context: CommandContext): void {
  const command = gallerySubcommand(
    group,
    'migrate',
    'change to other models: embed every face again, then switch over at once',
  )
    .addOption(precisionOption())
    .option('--sources <dir>', 'photos that the faces came from, for those whose picture is not kept')
    .option('--drop-missing', 'leave out faces of which no picture is left')
    .option('--dry-run', 'only count which pictures there are')
    .option('--judge', "refuse models that tell the gallery's people apart less well than its own")
    .option('--force', 'with --judge: change even if the new models do worse')
    .option('--restart', 'discard what an unfinished change to other models has done')
    .option(
      '--own-models <name|path>',
      "the pack of the gallery's present models, where none of that name is here",
    )
    .option('--remove-old', 'delete the files with earlier versions of the gallery, this one included')
    .option(
      '--settings <file>',
      "the server's settings, whose threshold was set for the old models",
      'face-trigger-settings.json',
    )
    .option('--threads <n>', 'threads each network uses (default: by the machine)', integerAtLeast(1))
    .option('--no-progress', 'no progress bar');
  addNetworkOptions(command, 'none: it has to be said').action((options: MigrateOptions) => {
    if (options.models === undefined && options.removeOld)
      refuseUnused(command, OF_A_CHANGE, 'without --models: --remove-old alone changes no models');
    if (!options.judge) refuseUnused(command, ['force'], 'without --judge, whose answer it overrules');
    return migrate(options, context);
  });
}

async function migrate(options: MigrateOptions, context: CommandContext): Promise<void> {
  const { gallery, models, removeOld } = options;
  if (models === undefined) {
    if (!removeOld) throw new FaceTriggerError('ERR_INVALID_ARGUMENT', 'Expected --models and a pack');
    const removed = await migrationBackups(gallery, { remove: true });
    const text =
      removed.length > 0 ? removed.map((file) => `removed ${file}`).join('\n') : 'nothing to remove';
    return printResult(options, context, { value: { removed }, text });
  }
  const { signal } = context;
  const output = new Output('embedding', {
    progress: options.progress,
    signal,
    goOn: 'The gallery is as it was. The same command goes on from there',
  });
  let result: GalleryMigration;
  try {
    result = await migrateGallery(gallery, {
      ...options,
      models,
      signal,
      onProgress: (done, total) => output.progress(done, total),
    });
  } catch (error) {
    output.end();
    explain(error, output);
    throw error;
  }
  output.end();
  const removed = result.switched && removeOld ? await migrationBackups(gallery, { remove: true }) : [];
  for (const line of [...remarks(result), ...(await serverRemark(options, result))]) output.note(line);
  await printResult(options, context, {
    value: { ...result, removed },
    text: describe(result, removed),
  });
}

/** Says what an error counts. */
function explain(error: unknown, output: Output): void {
  if (!(error instanceof FaceTriggerError)) return;
  const { missing, judgment } = (error.details ?? {}) as {
    readonly missing?: readonly MissingPictures[] | undefined;
    readonly judgment?: EmbeddingJudgment | undefined;
  };
  for (const line of [...(missing ?? []).map(describeMissing), ...(judgment ? judged(judgment) : [])]) {
    output.note(line);
  }
}

function remarks({ missing, thresholds, checked, to }: GalleryMigration): readonly string[] {
  return [
    ...missing.map(describeMissing),
    ...(thresholds === 'kept'
      ? [
          'WARNING: the limits of this gallery were set by hand and stay, but distances of the new models mean something else: judge them again',
        ]
      : []),
    ...(thresholds === 'dropped'
      ? [
          `WARNING: the limits of this gallery were set by hand in another metric; those of ${to.embedder.id} are taken`,
        ]
      : []),
    ...(checked
      ? []
      : [
          "The gallery's present models are not installed here, so no picture could be checked to show the face (--own-models)",
        ]),
  ];
}

/** A threshold that was set in the web page is one of the old models. */
async function serverRemark(
  { settings: path }: MigrateOptions,
  { switched, to }: GalleryMigration,
): Promise<readonly string[]> {
  if (!switched) return [];
  const unset = -1;
  const settings = await ServerSettings.open({ path, maxDistance: unset }).catch(() => null);
  const set = settings?.values.maxDistance ?? unset;
  if (set === unset) return [];
  return [
    `WARNING: ${path} has a threshold of ${set}, set for the old models; distances of ${to.embedder.id} mean something else: set it again in the web page`,
  ];
}

function describe(result: GalleryMigration, removed: readonly string[]): string {
  const { switched, from, to, faces, negatives, embedded, resumed, fromKept, fromSources, missing } = result;
  const { judgment, backup } = result;
  const left = missing.reduce((n, one) => n + one.faces + one.negatives, 0);
  const all = `${counted(faces, 'face')} and ${counted(negatives, 'negative example')}`;
  if (!switched && from.embedder.sha256 === to.embedder.sha256)
    return `The gallery has these models already: ${all}`;
  const sources = `${fromKept} from kept pictures, ${fromSources} from files`;
  return [
    switched
      ? `${from.embedder.id} -> ${to.embedder.id} (models ${to.pack.name}): ${all}`
      : `${all}; ${embedded + resumed} can be embedded anew, ${left} cannot`,
    `${embedded} ${switched ? 'embedded' : 'to embed'} (${sources})${resumed > 0 ? `, ${resumed} done before` : ''}`,
    ...(switched && left > 0 ? [`${left} left out, as there is no picture of them`] : []),
    ...(judgment ? judged(judgment) : []),
    ...(backup !== null && removed.length === 0
      ? [`the gallery as it was: ${backup} (it holds biometric data; --remove-old deletes it)`]
      : []),
    ...removed.map((file) => `removed ${file}`),
    ...(switched
      ? [
          'Whatever has the gallery open has to be started again, but for "serve" and "worker", which go on by themselves',
        ]
      : []),
  ].join('\n');
}
