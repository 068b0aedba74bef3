import type { Command } from 'commander';
import { FaceTriggerError } from '../errors.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { identifyInGallery } from '../gallery/identify-in-gallery.ts';
import type { Image } from '../image/image.ts';
import { precisionOfEmbedder } from '../models/manifest.ts';
import type { Face } from '../recognizer/face.ts';
import { type AnalyzeOptions, FacePipeline } from '../recognizer/face-pipeline.ts';
import { type AnalysisOptions, addAnalysisOptions } from './analysis-options.ts';
import { type AveragingFlags, addAveragingOptions } from './averaging-options.ts';
import { BOX_COLUMNS, boxCells } from './box-columns.ts';
import type { CommandContext } from './create-program.ts';
import { numberBetween } from './number-option.ts';
import { openGallery } from './open-gallery.ts';
import { runAnalysis } from './run-analysis.ts';
import { widest } from './text-table.ts';

interface RecognizeOptions extends AnalysisOptions, AveragingFlags {
  readonly model?: string;
  readonly gallery?: string;
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
    .option('--model <dir>', 'folder that "face-trigger train" wrote')
    .option('--gallery <file>', 'gallery that "face-trigger gallery" keeps, instead of a model');
  addAveragingOptions(addAnalysisOptions(command), undefined, 'as the model or gallery was made')
    .option(
      '--max-distance <d>',
      "farther away than this is unknown (default: the model's, at first 0.56; with a gallery 0.56)",
      numberBetween(0, Number.POSITIVE_INFINITY),
    )
    .option(
      '--min-probability <p>',
      "less probable than this is unknown (default: the model's, or 0)",
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
  const { minFaceSize, minScore, maxFaces, threads, maxDistance, minProbability, detection } = options;
  const { quality, mirror, jitter, model, gallery } = options;
  if ((model === undefined) === (gallery === undefined)) {
    throw new FaceTriggerError(
      'ERR_INVALID_ARGUMENT',
      'Expected --model and a folder, or --gallery and a file',
    );
  }
  await using people = gallery === undefined ? null : await openGallery(gallery);
  const precision =
    options.precision ?? (people ? await precisionOfEmbedder(people.embedder.sha256) : undefined);
  await using pipeline = await FacePipeline.create({ modelFolder: model, threads, detection, precision });
  const settings = {
    ...{ minFaceSize, minScore, maxFaces, quality, mirror, jitter, maxDistance, minProbability },
    embeddings: options.embeddings === true,
  };
  const analyze = people
    ? (image: Image) => recognizeInGallery(people, image, { pipeline, settings })
    : (image: Image) => pipeline.analyze(image, settings);
  const names = people ? await someNames(people) : pipeline.recognizer.labels;
  await runAnalysis({
    inputs,
    options,
    context,
    title: 'recognizing',
    analyze,
    columns: [
      { title: 'NAME', width: widest([UNKNOWN, ...names]) },
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

async function recognizeInGallery(
  gallery: Gallery,
  image: Image,
  { pipeline, settings }: { readonly pipeline: FacePipeline; readonly settings: AnalyzeOptions },
): Promise<Face[]> {
  const { id, sha256 } = pipeline.recognizer.embedder;
  const { maxDistance, minProbability } = settings;
  const limits = {
    ...(maxDistance !== undefined && { maxDistance }),
    ...(minProbability !== undefined && { minProbability }),
  };
  const faces = await pipeline.analyze(image, { ...settings, embeddings: true, identities: false });
  const found: Face[] = [];
  for (const { embedding, ...face } of faces) {
    const identity = await identifyInGallery(gallery, embedding!, { ...limits, embedder: { id, sha256 } });
    found.push({ ...face, ...(settings.embeddings && { embedding: embedding! }), identity });
  }
  return found;
}

// The width of a column: among very many people those of the first page speak for the rest.
async function someNames(gallery: Gallery): Promise<readonly string[]> {
  return (await gallery.listPeople({ limit: 1000 })).items.map(({ name }) => name);
}
