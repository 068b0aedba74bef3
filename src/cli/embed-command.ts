import type { Command } from 'commander';
import { encodeNpy, stackEmbeddings } from '../core/embed/npy.ts';
import { PRIVATE_FILE_MODE, writeFileAtomic } from '../node/files/atomic-write.ts';
import { prepareOutputFile } from '../node/files/prepare-output-file.ts';
import { packageEmbedder } from '../node/models/packaged-models.ts';
import type { CommandContext } from './command-context.ts';
import { type AnalysisOptions, addAnalysisOptions } from './options/analysis-options.ts';
import { type AveragingFlags, addAveragingOptions } from './options/averaging-options.ts';
import { livenessChoice } from './options/liveness-options.ts';
import { BOX_COLUMNS, boxCells } from './output/box-columns.ts';
import { livenessCells, livenessColumns } from './output/liveness-column.ts';
import { openAnalyzer } from './pictures/open-analyzer.ts';
import { listPictures, runAnalysis } from './pictures/run-analysis.ts';

interface EmbedOptions extends AnalysisOptions, AveragingFlags {
  readonly npy?: string | undefined;
}

/** Adds `embed`. */
export function addEmbedCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('embed')
    .description('turn the faces in pictures into embeddings (all their numbers with --json or --npy)')
    .argument('<images...>', 'files, folders or globs');
  addAveragingOptions(addAnalysisOptions(command), 'fast: the output of the network alone')
    .option('--npy <file>', 'also write the embeddings as a float32 .npy matrix, a row for each face printed')
    .action((inputs: string[], options: EmbedOptions) => embed(inputs, options, context));
}

async function embed(inputs: string[], options: EmbedOptions, context: CommandContext): Promise<void> {
  // Whoever takes the numbers elsewhere expects those that the network computes elsewhere too.
  const { minFaceSize, minScore, maxFaces, models, commercial, threads, detection, precision } = options;
  const { quality = 'fast', mirror, jitter, npy, workers } = options;
  if (npy !== undefined) await prepareOutputFile(npy);
  const pictures = await listPictures(inputs, options);
  await using analyzer = await openAnalyzer({
    pipeline: { models, commercial, threads, detection, precision, liveness: livenessChoice(options) },
    settings: { minFaceSize, minScore, maxFaces, quality, mirror, jitter },
    count: pictures.images.length,
    workers,
    result: npy ?? options.annotate,
    signal: context.signal,
  });
  const embeddings: Float32Array[] = [];
  await runAnalysis({
    pictures,
    options,
    context,
    title: 'embedding',
    result: npy ?? options.annotate,
    ...analyzer,
    columns: [
      ...BOX_COLUMNS,
      ...livenessColumns(options),
      { title: 'NORM', width: 5, align: 'right' },
      { title: 'EMBEDDING' },
    ],
    cells: (face) => [
      ...boxCells(face.box),
      ...livenessCells(face),
      norm(face.embedding!).toFixed(3),
      beginning(face.embedding!),
    ],
    ...(npy !== undefined && { onFace: ({ embedding }) => embeddings.push(embedding!) }),
  });
  if (npy === undefined) return;
  const { dimension: columns } = await packageEmbedder(precision, models);
  const none = { rows: 0, columns, data: new Float32Array(0) };
  await writeFileAtomic(npy, encodeNpy(embeddings.length === 0 ? none : stackEmbeddings(embeddings)), {
    mode: PRIVATE_FILE_MODE,
  });
}

function norm(embedding: Float32Array): number {
  return Math.hypot(...embedding);
}

function beginning(embedding: Float32Array): string {
  return `${Array.from(embedding.subarray(0, 4), (value) => value.toFixed(3)).join(' ')} ...`;
}
