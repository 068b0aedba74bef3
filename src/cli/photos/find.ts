import type { Command } from 'commander';
import { printable } from '../../core/text/printable.ts';
import { findPhotos } from '../../photos/find/find-photos.ts';
import type { CommandContext } from '../command-context.ts';
import { integerAtLeast } from '../options/number-option.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import { addFindOptions, type FindOptions, searchOf } from './find-options.ts';
import { type LibraryOptions, photosSubcommand, withLibrary } from './photos-subcommand.ts';
import { addSheetOption, prepareSheet, type SheetOptions, writeSheet } from './sheet-option.ts';

interface FindCommandOptions extends LibraryOptions, SheetOptions, FindOptions {
  readonly limit?: number | undefined;
}

const ON_A_CARD = 4;

/** Adds `photos find`. */
export function addFindCommand(group: Command, context: CommandContext): void {
  const command = photosSubcommand(group, 'find', 'list photos by who is in them and when they were taken');
  addSheetOption(addFindOptions(command.argument('[names...]', 'people who are all in the photo')))
    .option('--limit <n>', 'how many at most', integerAtLeast(1))
    .action((names: string[], options: FindCommandOptions) => find(names, options, context));
}

async function find(
  names: readonly string[],
  options: FindCommandOptions,
  context: CommandContext,
): Promise<void> {
  const { json, limit = Number.POSITIVE_INFINITY } = options;
  const search = searchOf(names, options);
  const output = new Output('', context);
  await prepareSheet(options);
  await withLibrary(options, async ({ store }) => {
    let count = 0;
    const rows = [];
    for await (const photo of findPhotos(store, search)) {
      if (count >= limit || context.signal.aborted) break;
      count++;
      const { paths, takenAt, people } = photo;
      const wanted = people.filter(
        ({ name }) => search.people!.length === 0 || search.people!.includes(name),
      );
      if (options.sheet !== undefined && people.length > 0) {
        const faceIds = wanted.flatMap(({ faces }) => faces.slice(0, 1).map(({ id }) => id));
        rows.push({ caption: people.map(({ name }) => name).join(', '), faceIds });
      }
      if (json) await output.json(photo);
      else
        await output.line(
          `${takenAt?.toISOString().slice(0, 10) ?? '-         '}  ${printable(paths[0] ?? '-')}`,
        );
    }
    if (!json) output.note(counted(count, 'photo'));
    await writeSheet(options, store, {
      rows,
      title: names.join(', ') || 'Photos',
      perCard: ON_A_CARD,
      output,
    });
  });
}
