import type { Command } from 'commander';
import { printable } from '../../core/text/printable.ts';
import { bestFaces } from '../../photos/group/show-group.ts';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import { TextTable } from '../output/text-table.ts';
import { type LibraryOptions, photosSubcommand, withLibrary } from './photos-subcommand.ts';
import { addSheetOption, prepareSheet, type SheetOptions, writeSheet } from './sheet-option.ts';

const ON_A_CARD = 6;

/** Adds `photos people`. */
export function addPeopleCommand(group: Command, context: CommandContext): void {
  addSheetOption(
    photosSubcommand(group, 'people', 'list who has a name, and in how many photos they are'),
  ).action((options: LibraryOptions & SheetOptions) => listPeople(options, context));
}

async function listPeople(options: LibraryOptions & SheetOptions, context: CommandContext): Promise<void> {
  const output = new Output('', context);
  await prepareSheet(options);
  await withLibrary(options, async (library) => {
    const { store } = library;
    const people = await store.listPeople();
    const right = { align: 'right' } as const;
    const table = new TextTable([
      { title: 'PHOTOS', width: 6, ...right },
      { title: 'FACES', width: 6, ...right },
      { title: 'FIRST', width: 10 },
      { title: 'LAST', width: 10 },
      { title: 'NAME' },
    ]);
    if (!options.json && people.length > 0) await output.line(table.header());
    for (const person of people) {
      if (options.json) await output.json(person);
      else {
        const { photos, faces, firstTakenAt, lastTakenAt, name } = person;
        await output.line(
          table.row([photos, faces, dayOf(firstTakenAt), dayOf(lastTakenAt), printable(name)]),
        );
      }
    }
    if (people.length === 0 && !options.json)
      output.note('nobody has a name yet: see face-trigger photos questions');
    if (options.sheet === undefined) return;
    const rows = [];
    for (const { personId, name, photos } of people)
      rows.push({
        caption: `${name}: ${counted(photos, 'photo')}`,
        faceIds: (await bestFaces(library, { personId }, { count: ON_A_CARD })).map(({ id }) => id),
      });
    await writeSheet(options, store, { rows, title: 'People', perCard: ON_A_CARD, output });
  });
}

function dayOf(date: Date | null): string {
  return date?.toISOString().slice(0, 10) ?? '-';
}
