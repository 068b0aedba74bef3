import type { Command } from 'commander';
import { FaceFinder } from '../recognizer/face-finder.ts';
import { type AnalysisOptions, addAnalysisOptions } from './analysis-options.ts';
import { BOX_COLUMNS, boxCells } from './box-columns.ts';
import type { CommandContext } from './create-program.ts';
import { runAnalysis } from './run-analysis.ts';

/** Adds `detect`. */
export function addDetectCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('detect')
    .description('find the faces in pictures: boxes, scores and landmarks')
    .argument('<images...>', 'files, folders or globs');
  addAnalysisOptions(command).action(async (inputs: string[], options: AnalysisOptions) => {
    const { minFaceSize, minScore, maxFaces, detection, threads } = options;
    await using finder = await FaceFinder.create({ threads, detection });
    const settings = { minFaceSize, minScore, maxFaces };
    await runAnalysis({
      inputs,
      options,
      context,
      title: 'detecting',
      analyze: (image) => finder.find(image, settings),
      columns: [...BOX_COLUMNS, { title: 'SCORE', width: 6, align: 'right' }],
      cells: ({ box, score }) => [...boxCells(box), score.toFixed(3)],
    });
  });
}
