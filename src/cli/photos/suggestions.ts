import type { Command } from 'commander';
import { printable } from '../../core/text/printable.ts';
import { notPerson } from '../../photos/decide/decide-faces.ts';
import { nameFaces } from '../../photos/decide/name-faces.ts';
import { type FacesToReview, suggestionsFor } from '../../photos/group/next-questions.ts';
import type { PhotoLibrary } from '../../photos/photo-library.ts';
import type { CommandContext } from '../command-context.ts';
import { personOfName } from '../gallery/gallery-subcommand.ts';
import { numberBetween } from '../options/number-option.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import { TextTable } from '../output/text-table.ts';
import { groupWhatIsNew, printDecided } from './decided-output.ts';
import { shortId } from './face-arguments.ts';
import { type LibraryOptions, photosSubcommand, withLibrary } from './photos-subcommand.ts';
import { percent } from './questions.ts';
import { addSheetOption, prepareSheet, type SheetOptions, writeSheet } from './sheet-option.ts';

interface SuggestionOptions extends LibraryOptions, SheetOptions {
  readonly confirm?: true | undefined;
  readonly not?: true | undefined;
  readonly least: number;
}

const ON_A_CARD = 4;

/** Adds `photos suggestions`. */
export function addSuggestionsCommand(group: Command, context: CommandContext): void {
  addSheetOption(
    photosSubcommand(group, 'suggestions', 'list faces that may be somebody with a name, and answer'),
  )
    .argument('[name]', 'of one person (default: everybody)')
    .option('--least <share>', 'only what is at least so probable, 0 to 1', numberBetween(0, 1), 0)
    .option('--confirm', 'say that all that is listed is right')
    .option('--not', 'say that none of it is')
    .action((name: string | undefined, options: SuggestionOptions, command: Command) => {
      if (options.confirm && options.not)
        command.error("error: '--confirm' and '--not' contradict each other");
      if (name === undefined && (options.confirm || options.not))
        command.error(
          "error: '--confirm' and '--not' need the name of one person: suggestions Ada --confirm",
        );
      return reviewSuggestions(name, options, context);
    });
}

interface Suggested extends FacesToReview {
  readonly name: string;
}

async function reviewSuggestions(
  name: string | undefined,
  options: SuggestionOptions,
  context: CommandContext,
): Promise<void> {
  const output = new Output('', context);
  await prepareSheet(options);
  await withLibrary(options, async (library) => {
    await groupWhatIsNew(library, context);
    const people =
      name === undefined
        ? (await library.store.listPeople()).map((person) => ({ id: person.personId, name: person.name }))
        : [await personOfName(library.gallery, name)];
    const listed: Suggested[] = [];
    for (const person of people)
      for (const found of await suggestionsFor(library.store, person.id))
        if (found.confidence >= options.least) listed.push({ ...found, name: person.name });
    const answers = options.confirm || options.not;
    if (!(answers && options.json)) await print(listed, { options, output, library });
    if (!answers || listed.length === 0) return;
    await answer(listed, { person: people[0]!, library, options, context });
    await groupWhatIsNew(library, context);
  });
}

async function print(
  listed: readonly Suggested[],
  {
    options,
    output,
    library,
  }: { readonly options: SuggestionOptions; readonly output: Output; readonly library: PhotoLibrary },
): Promise<void> {
  const table = new TextTable([
    { title: 'SURE', width: 5, align: 'right' },
    { title: 'FACES', width: 6, align: 'right' },
    { title: 'WHICH', width: 8 },
    { title: 'MAY BE' },
  ]);
  if (!options.json && listed.length > 0) await output.line(table.header());
  for (const { name, groupId, faceIds, confidence } of listed) {
    if (options.json) await output.json({ name, groupId, faceIds, confidence });
    else {
      const which = groupId ?? shortId(faceIds[0]!);
      await output.line(table.row([percent(confidence), faceIds.length, which, printable(name)]));
    }
  }
  if (listed.length === 0 && !options.json) output.note('nothing to suggest');
  const rows = listed.map(({ name, faceIds, groupId, confidence }) => ({
    caption: `${groupId ?? shortId(faceIds[0]!)}: ${name}? ${percent(confidence)}`,
    faceIds,
  }));
  await writeSheet(options, library.store, { rows, title: 'Suggestions', perCard: ON_A_CARD, output });
}

async function answer(
  listed: readonly Suggested[],
  {
    person,
    library,
    options,
    context,
  }: {
    readonly person: { readonly id: string; readonly name: string };
    readonly library: PhotoLibrary;
    readonly options: SuggestionOptions;
    readonly context: CommandContext;
  },
): Promise<void> {
  const faceIds = [...new Set(listed.flatMap((suggestion) => suggestion.faceIds))];
  const faces = counted(faceIds.length, 'face');
  const name = printable(person.name);
  const { json } = options;
  if (options.not) {
    const decision = await notPerson(library, faceIds, person.id);
    await printDecided(decision, { text: `${faces}: not ${name}`, json, context });
    return;
  }
  const { decisionId, enrolled } = await nameFaces(library, faceIds, person.name, 'confirm');
  const decided = { id: decisionId, kind: 'confirm', changes: {} } as const;
  const facts = { faces: faceIds.length, enrolled };
  await printDecided(decided, { text: `${faces} confirmed as ${name}`, facts, json, context });
}
