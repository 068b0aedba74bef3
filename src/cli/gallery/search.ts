import type { Command } from 'commander';
import { searchedFaceSize } from '../../core/detect/default-face-size.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import type { Face } from '../../core/pipeline/face.ts';
import { type ListedImage, listImages } from '../../dataset/list-images.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { galleryNetworks } from '../../gallery/gallery-networks.ts';
import type { GalleryMatch } from '../../gallery/gallery-types.ts';
import { readImage } from '../../node/image/read-image.ts';
import { FacePipeline } from '../../pipeline/face-pipeline.ts';
import type { CommandContext } from '../command-context.ts';
import { addDetectionOptions, type DetectionOptions } from '../options/analysis-options.ts';
import { integerAtLeast, numberBetween } from '../options/number-option.ts';
import { counted } from '../output/counted.ts';
import { faceJson } from '../output/face-json.ts';
import { describeError, Output } from '../output/output.ts';
import { printSkipped } from '../output/print-skipped.ts';
import { probabilityText } from '../output/probability-text.ts';
import { searchSummary } from '../output/search-summary.ts';
import { TextTable, widest } from '../output/text-table.ts';
import { type GalleryOptions, gallerySubcommand, withGallery } from './gallery-subcommand.ts';

interface SearchOptions extends GalleryOptions, DetectionOptions {
  readonly json?: true | undefined;
  readonly models?: string | undefined;
  readonly limit: number;
  readonly maxDistance?: number | undefined;
}

/** Adds `gallery search`. */
export function addSearchCommand(group: Command, context: CommandContext): void {
  addDetectionOptions(gallerySubcommand(group, 'search', 'say who is in pictures'))
    .argument('<images...>', 'files, folders or globs')
    .option('--limit <n>', 'how many people to list for each face', integerAtLeast(1), 3)
    .option(
      '--max-distance <d>',
      "farther away than this is unknown (default: the gallery's)",
      numberBetween(0, 100),
    )
    .action((inputs: string[], options: SearchOptions) => search(inputs, options, context));
}

async function search(
  inputs: readonly string[],
  options: SearchOptions,
  context: CommandContext,
): Promise<void> {
  const output = new Output('searching', { progress: options.progress, signal: context.signal });
  const { images: files, skipped } = await listImages(inputs);
  await printSkipped(output, skipped, options);
  const print = options.json ? jsonPrinter(output) : tablePrinter(output, files);
  const counts = { pictures: 0, faces: 0, failed: 0, skipped: skipped.length, sizes: new Set<number>() };
  await withGallery(options, async (gallery) => {
    const { commercial, threads, detection } = options;
    const networks = await galleryNetworks(gallery, options);
    await using pipeline = await FacePipeline.create({ commercial, threads, detection, ...networks });
    try {
      for (const [done, file] of files.entries()) {
        context.signal.throwIfAborted();
        output.progress(done, files.length);
        try {
          if (file.error) throw file.error;
          counts.pictures++;
          const found = await searchPicture(file.path, {
            gallery,
            pipeline,
            options,
            signal: context.signal,
          });
          counts.faces += found.answers.length;
          counts.sizes.add(found.minFaceSize);
          await print(found);
        } catch (cause) {
          if (!(cause instanceof FaceTriggerError) || cause.code === 'ERR_ABORTED') throw cause;
          counts.failed++;
          if (options.json) await output.json({ image: file.path, error: describeError(cause) });
          else output.failure(file.path, cause);
        }
      }
    } finally {
      output.end(counted(counts.faces, 'face'));
    }
  });
  if (!options.json) output.note(searchSummary(counts));
  if (counts.failed > 0) context.setExitStatus(1);
}

/** Who may be in a picture. */
interface SearchedPicture {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  /** The smallest faces that were looked for. */
  readonly minFaceSize: number;
  readonly answers: readonly { readonly face: Face; readonly people: readonly GalleryMatch[] }[];
}

async function searchPicture(
  path: string,
  context: {
    readonly gallery: Gallery;
    readonly pipeline: FacePipeline;
    readonly options: SearchOptions;
    readonly signal: AbortSignal;
  },
): Promise<SearchedPicture> {
  const { gallery, pipeline, signal } = context;
  const { minFaceSize, minScore, limit, maxDistance = gallery.thresholds.identify } = context.options;
  const { id, sha256 } = pipeline.embedder.profile;
  const image = await readImage(path, { signal });
  const faces = await pipeline.analyze(image, { minFaceSize, minScore, identities: false });
  const answers = [];
  for (const face of faces) {
    const query = { limit, maxDistance, embedder: { id, sha256 } };
    answers.push({ face, people: await gallery.search(face.embedding!, query) });
  }
  const { width, height } = image;
  return { path, width, height, minFaceSize: searchedFaceSize(image, minFaceSize), answers };
}

function jsonPrinter(output: Output): (found: SearchedPicture) => Promise<void> {
  return ({ path, width, height, minFaceSize, answers }) => {
    const faces = answers.map(({ face: { embedding: _, ...face }, people }) => ({
      ...faceJson(face),
      candidates: people,
    }));
    return output.json({ image: path, width, height, minFaceSize, faces });
  };
}

function tablePrinter(
  output: Output,
  files: readonly ListedImage[],
): (found: SearchedPicture) => Promise<void> {
  const table = new TextTable([
    { title: 'IMAGE', width: widest(files.map(({ path }) => path)), cut: 'start' },
    { title: 'FACE', align: 'right' },
    { title: 'NAME', width: 16 },
    { title: 'PROBABILITY', align: 'right' },
    { title: 'DISTANCE', align: 'right' },
  ]);
  let hasHeader = false;
  const row = async (cells: readonly (string | number)[]) => {
    if (!hasHeader) await output.line(table.header());
    hasHeader = true;
    await output.line(table.row(cells));
  };
  return async ({ path, answers }) => {
    if (answers.length === 0) await row([path, '-', 'no face']);
    for (const [i, { people }] of answers.entries()) {
      if (people.length === 0) await row([path, i + 1, 'unknown']);
      for (const { person, probability, distance } of people) {
        await row([path, i + 1, person.name, probabilityText(probability), distance.toFixed(3)]);
      }
    }
  };
}
