import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { type AnalysisOptions, addAnalysisOptions } from './options/analysis-options.ts';
import { livenessChoice } from './options/liveness-options.ts';
import { BOX_COLUMNS, boxCells } from './output/box-columns.ts';
import { livenessCells, livenessColumns } from './output/liveness-column.ts';
import { openAnalyzer } from './pictures/open-analyzer.ts';
import { listPictures, runAnalysis } from './pictures/run-analysis.ts';

/** Adds `detect`. */
export function addDetectCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('detect')
    .description('find the faces in pictures: boxes, scores and landmarks')
    .argument('<images...>', 'files, folders or globs');
  addAnalysisOptions(command).action(async (inputs: string[], options: AnalysisOptions) => {
    const { minFaceSize, minScore, maxFaces, models, commercial, detection, threads, workers } = options;
    const pictures = await listPictures(inputs, options);
    await using analyzer = await openAnalyzer({
      pipeline: { models, commercial, threads, detection, liveness: livenessChoice(options) },
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
      columns: [...BOX_COLUMNS, { title: 'SCORE', width: 6, align: 'right' }, ...livenessColumns(options)],
      cells: (face) => [...boxCells(face.box), face.score.toFixed(3), ...livenessCells(face)],
    });
  });
}
