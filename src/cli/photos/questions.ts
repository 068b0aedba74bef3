import type { Command } from 'commander';
import { printable } from '../../core/text/printable.ts';
import { nextQuestions, type PhotoQuestion } from '../../photos/group/next-questions.ts';
import { bestFaces } from '../../photos/group/show-group.ts';
import type { CommandContext } from '../command-context.ts';
import { integerAtLeast } from '../options/number-option.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import { TextTable } from '../output/text-table.ts';
import { groupWhatIsNew } from './decided-output.ts';
import { type LibraryOptions, photosSubcommand, withLibrary } from './photos-subcommand.ts';
import { addSheetOption, prepareSheet, type SheetOptions, writeSheet } from './sheet-option.ts';

interface QuestionOptions extends LibraryOptions, SheetOptions {
  readonly limit: number;
}

const ON_A_CARD = 6;

/** Adds `photos questions`. */
export function addQuestionsCommand(group: Command, context: CommandContext): void {
  addSheetOption(
    photosSubcommand(group, 'questions', 'list the groups that nobody has named, the most useful first'),
  )
    .option('--limit <n>', 'how many at most', integerAtLeast(1), 20)
    .action((options: QuestionOptions) => listQuestions(options, context));
}

async function listQuestions(options: QuestionOptions, context: CommandContext): Promise<void> {
  const output = new Output('', context);
  await prepareSheet(options);
  await withLibrary(options, async (library) => {
    const { store } = library;
    await groupWhatIsNew(library, context);
    const questions = await nextQuestions(store, { limit: options.limit });
    const right = { align: 'right' } as const;
    const table = new TextTable([
      { title: 'GROUP', width: 6 },
      { title: 'FACES', width: 6, ...right },
      { title: 'PHOTOS', width: 6, ...right },
      { title: 'SURE', width: 5, ...right },
      { title: 'MAY BE' },
    ]);
    if (!options.json && questions.length > 0) await output.line(table.header());
    for (const question of questions) {
      if (options.json) await output.json(question);
      else {
        const { groupId, faces, photos, confidence } = question;
        await output.line(
          table.row([groupId, faces, photos, percent(confidence), printable(mayBe(question))]),
        );
      }
    }
    if (options.json === undefined) {
      if (questions.length === 0) output.note('every group has a name');
      else output.note(`to answer: face-trigger photos name ${questions[0]!.groupId} "Ada Lovelace"`);
    }
    if (options.sheet === undefined) return;
    const rows = [];
    for (const question of questions) {
      const may = mayBe(question);
      const caption = `${question.groupId}: ${counted(question.faces, 'face')}${may === '-' ? '' : `, ${may}?`}`;
      rows.push({
        caption,
        faceIds: (await bestFaces(library, { groupId: question.groupId }, { count: ON_A_CARD })).map(
          ({ id }) => id,
        ),
      });
    }
    await writeSheet(options, store, { rows, title: 'Who is this?', perCard: ON_A_CARD, output });
  });
}

function mayBe({ suggestions }: PhotoQuestion): string {
  if (suggestions.length === 0) return '-';
  return suggestions.map(({ name, confidence }) => `${name} ${percent(confidence)}`).join(', ');
}

/** "64 %", "-" for what nobody knows. */
export function percent(share: number | null): string {
  return share === null ? '-' : `${Math.round(100 * share)} %`;
}
