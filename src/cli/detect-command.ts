import type { Command } from 'commander';
import { type AnalysisOptions, addAnalysisOptions } from './analysis-options.ts';
import { BOX_COLUMNS, boxCells } from './box-columns.ts';
import type { CommandContext } from './command-context.ts';
import { openAnalyzer } from './open-analyzer.ts';
import { listPictures, runAnalysis } from './run-analysis.ts';

/** Adds `detect`. */
export function addDetectCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('detect')
    .description('find the faces in pictures: boxes, scores and landmarks')
    .argument('<images...>', 'files, folders or globs');
  addAnalysisOptions(command).action(async (inputs: string[], options: AnalysisOptions) => {
    const { minFaceSize, minScore, maxFaces, detection, threads, workers } = options;
    const pictures = await listPictures(inputs, options);
    await using analyzer = await openAnalyzer({
      pipeline: { threads, detection },
      settings: { minFaceSize, minScore, maxFaces },
      count: pictures.images.length,
      workers,
      findOnly: true,
      result: options.annotate,
      signal: context.signal,
    });
    await runAnalysis({
      pictures,
      options,
      context,
      title: 'detecting',
      ...analyzer,
      columns: [...BOX_COLUMNS, { title: 'SCORE', width: 6, align: 'right' }],
      cells: ({ box, score }) => [...boxCells(box), score.toFixed(3)],
    });
  });
}
