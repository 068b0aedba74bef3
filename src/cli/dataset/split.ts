import { type Command, InvalidArgumentError } from 'commander';
import { printable } from '../../core/text/printable.ts';
import { Dataset } from '../../dataset/dataset.ts';
import type { CommandContext } from '../command-context.ts';
import { integerAtLeast } from '../options/number-option.ts';
import { Output } from '../output/output.ts';
import { printSkipped } from '../output/print-skipped.ts';

interface SplitOptions {
  readonly out: string;
  readonly trainImages: readonly number[];
  readonly folds: number;
  readonly seed: number;
  readonly json?: true | undefined;
}

/** Adds `dataset split`. */
export function addSplitCommand(group: Command, context: CommandContext): void {
  group
    .command('split')
    .description(
      'draw training and test photos: <out>/<k>/<fold>/train.csv and test.csv, rows "label, file, file..."',
    )
    .argument('<folder>', 'a folder for each person')
    .requiredOption('--out <dir>', 'where the files go; what is there already is renamed')
    .option(
      '--train-images <k,...>',
      'training photos a person, several numbers with commas',
      integerList,
      [2, 5, 8],
    )
    .option('--folds <n>', 'draws for each number', integerAtLeast(1), 3)
    .option('--seed <n>', 'the same seed draws the same photos', integerAtLeast(0), 0)
    .option('--json', 'print one JSON object')
    .action((folder: string, options: SplitOptions) => split(folder, options, context));
}

async function split(folder: string, options: SplitOptions, context: CommandContext): Promise<void> {
  const { out, trainImages, folds, seed, json } = options;
  const output = new Output('', context);
  const dataset = await Dataset.load(folder);
  const { skipped } = dataset;
  const splits = dataset.split({ trainImages, folds, seed });
  const moved = await Dataset.saveSplits(splits, out, { root: folder });
  if (json) {
    const rows = splits.map(({ trainImages: k, fold, train, test, leftOut }) => {
      return {
        trainImages: k,
        fold,
        people: train.people.length,
        train: train.size,
        test: test.size,
        leftOut,
      };
    });
    await output.json({ out, moved, splits: rows, skipped });
    return;
  }
  await printSkipped(output, skipped, {});
  for (const k of trainImages) {
    const first = splits.find((each) => each.trainImages === k)!;
    const { train, test, leftOut } = first;
    await output.line(
      `${k} photos: ${folds} folds of ${train.people.length} people, ${train.size} to train and ${test.size} to test`,
    );
    if (leftOut.length > 0) output.note(`left out, too few photos: ${leftOut.map(printable).join(', ')}`);
  }
  if (moved) output.note(`what was there is now in ${printable(moved)}`);
}

function integerList(text: string): number[] {
  const values = text.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : Number.NaN));
  if (values.every((value) => Number.isSafeInteger(value) && value >= 1)) return values;
  throw new InvalidArgumentError('Expected integers >= 1 with commas between them.');
}
