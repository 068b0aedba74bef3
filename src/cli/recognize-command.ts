import type { Command } from 'commander';
import { FacePipeline } from '../recognizer/face-pipeline.ts';
import { type AnalysisOptions, addAnalysisOptions } from './analysis-options.ts';
import { type AveragingFlags, addAveragingOptions } from './averaging-options.ts';
import { BOX_COLUMNS, boxCells } from './box-columns.ts';
import type { CommandContext } from './create-program.ts';
import { numberBetween } from './number-option.ts';
import { runAnalysis } from './run-analysis.ts';
import { widest } from './text-table.ts';

interface RecognizeOptions extends AnalysisOptions, AveragingFlags {
  readonly model: string;
  readonly maxDistance?: number;
  readonly minProbability?: number;
  readonly embeddings?: true;
}

/** What stands in the table for somebody whom the model does not know. */
export const UNKNOWN = 'unknown';

/** Adds `recognize`. */
export function addRecognizeCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('recognize')
    .description('say who is in pictures, or that nobody knows them')
    .argument('<images...>', 'files, folders or globs')
    .requiredOption('--model <dir>', 'folder that "face-trigger train" wrote');
  addAveragingOptions(addAnalysisOptions(command))
    .option(
      '--max-distance <d>',
      "farther away than this is unknown (default: the model's, at first 0.56)",
      numberBetween(0, Number.POSITIVE_INFINITY),
    )
    .option(
      '--min-probability <p>',
      "less probable than this is unknown (default: the model's)",
      numberBetween(0, 1),
    )
    .option('--embeddings', 'include the embeddings in --json')
    .action((inputs: string[], options: RecognizeOptions) => recognize(inputs, options, context));
}

async function recognize(
  inputs: string[],
  options: RecognizeOptions,
  context: CommandContext,
): Promise<void> {
  const { minFaceSize, minScore, maxFaces, threads, maxDistance, minProbability } = options;
  const { quality, mirror, jitter } = options;
  await using pipeline = await FacePipeline.create({ modelFolder: options.model, threads });
  const settings = {
    ...{ minFaceSize, minScore, maxFaces, quality, mirror, jitter, maxDistance, minProbability },
    embeddings: options.embeddings === true,
  };
  await runAnalysis({
    inputs,
    options,
    context,
    title: 'recognizing',
    analyze: (image) => pipeline.analyze(image, settings),
    columns: [
      { title: 'NAME', width: widest([UNKNOWN, ...pipeline.recognizer.labels]) },
      { title: 'PROBABILITY', align: 'right' },
      { title: 'DISTANCE', align: 'right' },
      ...BOX_COLUMNS,
    ],
    cells: ({ box, identity }) => [
      identity!.label ?? UNKNOWN,
      identity!.probability.toFixed(3),
      identity!.distance?.toFixed(3) ?? '-',
      ...boxCells(box),
    ],
  });
}
