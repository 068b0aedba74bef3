import type { Command } from 'commander';
import { FaceTriggerError } from '../../core/errors.ts';
import type { EmbeddingJudgment } from '../../gallery/migrate/judge-embeddings.ts';
import type { MissingPictures } from '../../gallery/migrate/missing-pictures.ts';
import type { ModelPrecision } from '../../models/model-pack.ts';
import { migratePhotos, type PhotosMigration } from '../../photos/migrate/migrate-photos.ts';
import type { CommandContext } from '../command-context.ts';
import { describeMissing, judged } from '../gallery/describe-migration.ts';
import { addNetworkOptions, precisionOption } from '../options/network-options.ts';
import { integerAtLeast } from '../options/number-option.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import { type LibraryOptions, photosSubcommand } from './photos-subcommand.ts';

interface MigrateOptions extends LibraryOptions {
  readonly models?: string | undefined;
  readonly commercial?: true | undefined;
  readonly precision?: ModelPrecision | undefined;
  readonly dropMissing?: true | undefined;
  readonly dryRun?: true | undefined;
  readonly force?: true | undefined;
  readonly restart?: true | undefined;
  readonly ownModels?: string | undefined;
  readonly threads?: number | undefined;
  readonly progress: boolean;
}

/** Adds `photos migrate`. */
export function addMigrateCommand(group: Command, context: CommandContext): void {
  const command = photosSubcommand(
    group,
    'migrate',
    'change to other models: embed every face again, judge both by the named faces, switch over at once',
  )
    .addOption(precisionOption())
    .option('--drop-missing', 'leave out faces of the gallery of which no picture is left')
    .option('--dry-run', 'only count what there is to do')
    .option('--force', 'change even if the new models do worse, or too few faces have names to judge by')
    .option('--restart', 'discard what an unfinished change to other models has done')
    .option('--own-models <name|path>', 'the pack of the present models, where none of that name is here')
    .option('--threads <n>', 'threads each network uses (default: by the machine)', integerAtLeast(1))
    .option('--no-progress', 'no progress bar');
  addNetworkOptions(command, 'none: it has to be said').action((options: MigrateOptions) =>
    migrate(options, context),
  );
}

async function migrate(options: MigrateOptions, context: CommandContext): Promise<void> {
  const { library, models, json } = options;
  if (models === undefined)
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', 'Expected --models and a pack');
  const { signal } = context;
  const output = new Output('embedding', {
    progress: options.progress,
    signal,
    goOn: 'The library is as it was. The same command goes on from there',
  });
  try {
    const result = await migratePhotos(library, {
      ...options,
      models,
      signal,
      onProgress: (done, total) => output.progress(done, total),
    });
    output.end();
    for (const missing of result.gallery.missing) output.note(describeMissing(missing));
    if (json) await output.json(result);
    else for (const line of describe(result)) await output.line(line);
  } catch (error) {
    output.end();
    const { missing = [], judgment } = (error instanceof FaceTriggerError ? (error.details ?? {}) : {}) as {
      readonly missing?: readonly MissingPictures[] | undefined;
      readonly judgment?: EmbeddingJudgment | undefined;
    };
    for (const line of [...missing.map(describeMissing), ...(judgment ? judged(judgment) : [])])
      output.note(line);
    throw error;
  }
}

function describe({
  switched,
  faces,
  resumed,
  fromPhotos,
  fromCrops,
  missing,
  ...rest
}: PhotosMigration): string[] {
  const { judgment, gallery, groups } = rest;
  const all = `${counted(faces, 'face')} in photos, ${counted(gallery.faces, 'face')} of the gallery`;
  if (groups === null) return [`to embed anew: ${all}${resumed > 0 ? ` (${resumed} done before)` : ''}`];
  if (!switched) return ['The library has these models already'];
  const { from, to, backup } = gallery;
  return [
    `${from.embedder.id} -> ${to.embedder.id} (models ${to.pack.name}): ${all}`,
    `${fromPhotos} embedded from photos, ${fromCrops} from kept crops${resumed > 0 ? `, ${resumed} done before` : ''}`,
    ...(missing > 0
      ? [`${missing} are shown by no picture that is left: they keep the old models, and are in no group`]
      : []),
    ...(judgment ? judged(judgment) : []),
    `${counted(groups.groups, 'group')} now, ${groups.nameless} without a name; ${counted(groups.alone, 'face')} alone`,
    ...(backup === null ? [] : [`the gallery as it was: ${backup} (it holds biometric data)`]),
    'Whatever has the library open, such as a server, has to be started again',
  ];
}
