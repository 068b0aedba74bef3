import { join } from 'node:path';
import type { Command } from 'commander';
import { readLabelMap } from '../classify/label-map.ts';
import { FaceTriggerError } from '../core/errors.ts';
import type { IdentifyOptions } from '../core/identify/identification.ts';
import type { Face } from '../core/pipeline/face.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { galleryNetworks } from '../gallery/gallery-networks.ts';
import { identifyInGallery } from '../gallery/identify-in-gallery.ts';
import { packageEmbedder } from '../node/models/packaged-models.ts';
import { MODEL_FOLDER_FILES, readModelDescription } from '../people/model-folder.ts';
import type { CommandContext } from './command-context.ts';
import { openExistingGallery } from './gallery/open-existing-gallery.ts';
import { type AnalysisOptions, addAnalysisOptions } from './options/analysis-options.ts';
import { type AveragingFlags, addAveragingOptions } from './options/averaging-options.ts';
import { livenessChoice } from './options/liveness-options.ts';
import { numberBetween } from './options/number-option.ts';
import { refuseUnused } from './options/refuse-unused.ts';
import { BOX_COLUMNS, boxCells } from './output/box-columns.ts';
import { livenessCells, livenessColumns } from './output/liveness-column.ts';
import { probabilityText } from './output/probability-text.ts';
import { type TableColumn, widest } from './output/text-table.ts';
import { openAnalyzer } from './pictures/open-analyzer.ts';
import { listPictures, runAnalysis } from './pictures/run-analysis.ts';

interface RecognizeOptions extends AnalysisOptions, AveragingFlags {
  readonly model?: string | undefined;
  readonly gallery?: string | undefined;
  readonly maxDistance?: number | undefined;
  readonly minProbability?: number | undefined;
  readonly embeddings?: true | undefined;
}

/** What stands in the table for somebody whom the model does not know. */
export const UNKNOWN = 'unknown';

/** Adds `recognize`. */
export function addRecognizeCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('recognize')
    .description('say who is in pictures, or that they are unknown')
    .argument('<images...>', 'files, folders or globs')
    .option('--model <dir>', 'model folder that "face-trigger train" wrote')
    .option('--gallery <file>', 'gallery made by "face-trigger gallery", to be used instead of a model');
  addAveragingOptions(addAnalysisOptions(command), undefined, 'as the model or gallery was made')
    .option(
      '--max-distance <d>',
      "farther away than this is unknown (default: the model's or the gallery's)",
      numberBetween(0, Number.POSITIVE_INFINITY),
    )
    .option(
      '--min-probability <p>',
      "less probable than this is unknown (default: the model's, or 0.5)",
      numberBetween(0, 1),
    )
    .option('--embeddings', 'include the embeddings in --json')
    .action((inputs: string[], options: RecognizeOptions) => {
      if (!options.json) refuseUnused(command, ['embeddings'], 'without --json, which would show them');
      return recognize(inputs, options, context);
    });
}

async function recognize(
  inputs: string[],
  options: RecognizeOptions,
  context: CommandContext,
): Promise<void> {
  const { minScore, maxFaces, threads, maxDistance, minProbability, detection } = options;
  const { quality, mirror, jitter, model, gallery, workers } = options;
  if ((model === undefined) === (gallery === undefined)) {
    throw new FaceTriggerError(
      'ERR_INVALID_ARGUMENT',
      'Expected --model and a folder, or --gallery and a file',
    );
  }
  await using people = gallery === undefined ? null : await openExistingGallery(gallery, options);
  const networks = people
    ? await galleryNetworks(people, options)
    : { models: options.models, precision: options.precision };
  const { models, precision } = networks;
  const minFaceSize = options.minFaceSize ?? (await usualFaceSize(model));
  const settings = {
    ...{ minFaceSize, minScore, maxFaces, quality, mirror, jitter, maxDistance, minProbability },
    embeddings: options.embeddings === true,
  };
  const pictures = await listPictures(inputs, options);
  await using analyzer = await openAnalyzer({
    pipeline: {
      ...{ modelFolder: model, commercial: options.commercial, threads, detection },
      ...networks,
      liveness: livenessChoice(options),
    },
    settings: people ? { ...settings, embeddings: true, identities: false } : settings,
    count: pictures.images.length,
    workers,
    result: options.annotate,
    signal: context.signal,
  });
  const embedder = await packageEmbedder(precision, models);
  const names = people
    ? await someNames(people)
    : await readLabelMap(join(model!, MODEL_FOLDER_FILES.labels));
  await runAnalysis({
    pictures,
    options,
    context,
    title: 'recognizing',
    workers: analyzer.workers,
    shrink: analyzer.shrink,
    minFaceSize,
    analyze: async (image, shrunk) => {
      const faces = await analyzer.analyze(image, shrunk);
      return people ? nameInGallery(people, faces, { ...settings, embedder }) : faces;
    },
    columns: [
      { title: 'NAME', width: widest([UNKNOWN, ...names]) },
      ...COLUMNS,
      ...livenessColumns(options),
      ...BOX_COLUMNS,
    ],
    cells: cellsOf,
  });
}

/** A model folder remembers the faces that it was trained to look for. */
async function usualFaceSize(model: string | undefined): Promise<number | undefined> {
  return model === undefined
    ? undefined
    : ((await readModelDescription(model)).detection.minFaceSize ?? undefined);
}

const COLUMNS: readonly TableColumn[] = [
  { title: 'PROBABILITY', align: 'right' },
  { title: 'DISTANCE', align: 'right' },
];

function cellsOf(face: Face): (string | number)[] {
  const identity = face.identity!;
  return [
    identity.label ?? UNKNOWN,
    probabilityText(identity.probability),
    identity.distance?.toFixed(3) ?? '-',
    ...livenessCells(face),
    ...boxCells(face.box),
  ];
}

async function nameInGallery(
  gallery: Gallery,
  faces: readonly Face[],
  settings: IdentifyOptions & {
    readonly embeddings: boolean;
    readonly embedder: { readonly id: string; readonly sha256: string };
  },
): Promise<Face[]> {
  const { maxDistance, minProbability } = settings;
  const limits = {
    embedder: settings.embedder,
    ...(maxDistance !== undefined && { maxDistance }),
    ...(minProbability !== undefined && { minProbability }),
  };
  const found: Face[] = [];
  for (const { embedding, ...face } of faces) {
    const identity = await identifyInGallery(gallery, embedding!, limits);
    found.push({ ...face, ...(settings.embeddings && { embedding: embedding! }), identity });
  }
  return found;
}

// The width of a column: among very many people those of the first page speak for the rest.
async function someNames(gallery: Gallery): Promise<readonly string[]> {
  return (await gallery.listPeople({ limit: 1000 })).items.map(({ name }) => name);
}
