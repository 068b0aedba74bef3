import { copyFile } from 'node:fs/promises';
import { basename, dirname, join, parse, resolve, sep } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { alignFace } from '../core/align/aligned-face.ts';
import { FaceTriggerError } from '../core/errors.ts';
import type { Image } from '../core/image/image.ts';
import type { Face } from '../core/pipeline/face.ts';
import { mainFaces } from '../core/pipeline/main-faces.ts';
import { faceQuality } from '../core/quality/face-quality.ts';
import { printable } from '../core/text/printable.ts';
import { Dataset } from '../dataset/dataset.ts';
import { type CheckedPhoto, findProblems } from '../dataset/find-problems.ts';
import { outputNames } from '../dataset/output-names.ts';
import { type PeopleScan, scanPeopleFolder } from '../dataset/people-folder.ts';
import { perceptualHash } from '../dataset/perceptual-hash.ts';
import { setAside } from '../dataset/set-aside.ts';
import { dlibChip, extractFaceChip } from '../models/dlib/chip.ts';
import { writeFileAtomic } from '../node/files/atomic-write.ts';
import { makeFolder } from '../node/files/make-folder.ts';
import { encodeImage } from '../node/image/encode-image.ts';
import { IMAGE_EXTENSIONS } from '../node/image/picture-extensions.ts';
import { analyzeFiles, type FileAnalysis } from '../pipeline/analyze-files.ts';
import { FacePipeline } from '../pipeline/face-pipeline.ts';
import { addDetectionOptions, type DetectionOptions } from './analysis-options.ts';
import type { CommandContext } from './command-context.ts';
import { integerAtLeast } from './number-option.ts';
import { Output } from './output.ts';
import { printSkipped } from './print-skipped.ts';
import { cachedTarget, goOnFrom, rememberFaces } from './remember-faces.ts';
import { formatTable } from './text-table.ts';

interface OutOptions extends DetectionOptions {
  readonly out: string;
}

interface SplitCommandOptions {
  readonly out: string;
  readonly trainImages: readonly number[];
  readonly folds: number;
  readonly seed: number;
  readonly json?: true;
}

/** Adds `dataset filter`, `normalize`, `split` and `check`. */
export function addDatasetCommand(program: Command, context: CommandContext): void {
  const dataset = program
    .command('dataset')
    .description('prepare folders of photos of people')
    .helpCommand(false);
  addDetectionOptions(
    dataset
      .command('filter')
      .description(
        'copy the photos that show exactly one face; tell for each person which were left out and why',
      )
      .argument('<folder>', 'a folder for each person')
      .requiredOption('--out <dir>', 'where the photos go; what is there already is renamed'),
  )
    .option('--json', 'print one JSON object')
    .action((folder: string, options: OutOptions) => filter(folder, options, context));
  addDetectionOptions(
    dataset
      .command('normalize')
      .description('write the aligned face of each photo with exactly one as PNG, 150 x 150')
      .argument('<folder>', 'a folder for each person')
      .requiredOption('--out <dir>', 'where the faces go; what is there already is renamed'),
  )
    .option('--json', 'print one JSON object')
    .action((folder: string, options: OutOptions) => normalize(folder, options, context));
  dataset
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
    .option('--seed <n>', 'equal seeds draw equal photos', integerAtLeast(0), 0)
    .option('--json', 'print one JSON object')
    .action((folder: string, options: SplitCommandOptions) => split(folder, options, context));
  addDetectionOptions(
    dataset
      .command('check')
      .description(
        'flag doubled, mislabeled, blurred, tiny, dark and turned faces; exit status 0 whatever is found',
      )
      .argument('<folder>', 'a folder for each person'),
  )
    .option('--json', 'print one JSON object a line, for each problem')
    .action((folder: string, options: DetectionOptions) => check(folder, options, context));
}

async function filter(folder: string, options: OutOptions, context: CommandContext): Promise<void> {
  const { out } = options;
  const { photos, scan } = await photosOf(folder, out);
  const moved = await setAside(out);
  const names = namesIn(photos, IMAGE_EXTENSIONS);
  const rejected = await eachPhoto(
    photos,
    { ...options, embeddings: false },
    context,
    async ({ photo }, index) => {
      const target = join(out, names[index]!);
      await makeFolder(dirname(target));
      await copyFile(photo, target);
    },
  );
  await report(new Output('', context), { photos, scan, rejected, moved, out, json: options.json });
}

async function normalize(folder: string, options: OutOptions, context: CommandContext): Promise<void> {
  const { out } = options;
  const { photos, scan } = await photosOf(folder, out);
  const moved = await setAside(out);
  const names = namesIn(photos, ['png']);
  const rejected = await eachPhoto(
    photos,
    { ...options, embeddings: false },
    context,
    async ({ face, image }, index) => {
      const target = join(out, names[index]!);
      await makeFolder(dirname(target));
      await writeFileAtomic(
        target,
        await encodeImage(extractFaceChip(image, face.landmarks), { format: 'png' }),
      );
    },
  );
  await report(new Output('', context), { photos, scan, rejected, moved, out, json: options.json });
}

async function split(folder: string, options: SplitCommandOptions, context: CommandContext): Promise<void> {
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

async function check(folder: string, options: DetectionOptions, context: CommandContext): Promise<void> {
  // It writes nothing that the faces could be kept beside.
  const target = await cachedTarget('dataset-check', folder);
  const output = new Output('looking at photos', {
    progress: options.progress,
    signal: context.signal,
    goOn: target === undefined ? undefined : goOnFrom(target),
  });
  const scan = await scanPeopleFolder(folder);
  const { people } = scan;
  const photos = people.flatMap(({ label, photos: own }) => own.map((photo) => ({ label, photo })));
  await printSkipped(output, scan.skipped, options);
  await printWithoutPhotos(output, scan, options);
  const checked: CheckedPhoto[] = [];
  try {
    for await (const analysis of analyses(photos, { ...options, embeddings: true, out: target }, context)) {
      checked.push(checkedPhoto(photos[checked.length]!, analysis));
      output.progress(checked.length, photos.length);
    }
  } finally {
    output.end();
  }
  const problems = findProblems(checked);
  if (options.json) {
    for (const problem of problems) await output.json(problem);
    return;
  }
  if (problems.length > 0) {
    const columns = [{ title: 'PROBLEM' }, { title: 'PHOTO', cut: 'start' as const }, { title: 'WHY' }];
    await output.line(
      formatTable(
        columns,
        problems.map(({ kind, photo, message }) => [kind, photo, message]),
      ),
    );
  }
  const touched = new Set(problems.map((problem) => problem.photo)).size;
  output.note(`${photos.length} photos of ${people.length} people, ${touched} with problems`);
}

interface LabeledPhoto {
  readonly label: string;
  readonly photo: string;
}

interface Rejection extends LabeledPhoto {
  readonly reason: 'no-face' | 'several-faces' | 'unreadable';
  readonly message: string;
}

function checkedPhoto({ label, photo }: LabeledPhoto, analysis: FileAnalysis): CheckedPhoto {
  if ('error' in analysis) return { label, photo, hash: null, faces: null, error: analysis.error.message };
  const { image, faces } = analysis;
  return {
    label,
    photo,
    hash: perceptualHash(image),
    faces: mainFaces(faces).map(({ landmarks, embedding }) => ({
      embedding: embedding!,
      quality: faceQuality(alignFace(image, landmarks, dlibChip())),
    })),
  };
}

async function printWithoutPhotos(
  output: Output,
  { withoutPhotos }: PeopleScan,
  { json }: { readonly json?: true },
): Promise<void> {
  for (const label of withoutPhotos) {
    const message = 'there is no photo of this person that can be read';
    if (json) await output.json({ kind: 'no-photo', label, message });
    else output.note(`${printable(label)}: ${message}`);
  }
}

async function photosOf(
  folder: string,
  out: string,
): Promise<{ readonly photos: readonly LabeledPhoto[]; readonly scan: PeopleScan }> {
  // Results among the photos would be taken for photos the next time, and renaming the folder would move them all.
  const [from, to] = [resolve(folder) + sep, resolve(out) + sep];
  if (to.startsWith(from) || from.startsWith(to)) {
    throw new FaceTriggerError(
      'ERR_INVALID_ARGUMENT',
      `Expected --out to lie apart from ${folder} but received ${out}`,
    );
  }
  const scan = await scanPeopleFolder(folder);
  const photos = scan.people.flatMap(({ label, photos }) => photos.map((photo) => ({ label, photo })));
  return { photos, scan };
}

// Copies keep their names; faces get a name of their own kind.
function namesIn(photos: readonly LabeledPhoto[], extensions: readonly string[]): string[] {
  const fileName = (photo: string) =>
    extensions.length === 1 ? `${parse(photo).name}.${extensions[0]}` : basename(photo);
  return outputNames(
    photos.map(({ label, photo }) => `${label.replace(/[/\\]/g, '_')}/${fileName(photo)}`),
    { extensions: extensions.map((extension) => `.${extension}`) },
  );
}

async function eachPhoto(
  photos: readonly LabeledPhoto[],
  options: OutOptions & { readonly embeddings: boolean },
  context: CommandContext,
  use: (found: { photo: string; image: Image; face: Face }, index: number) => Promise<void>,
): Promise<Rejection[]> {
  const output = new Output('looking at photos', {
    progress: options.progress,
    signal: context.signal,
    goOn: goOnFrom(options.out),
  });
  const rejected: Rejection[] = [];
  let index = 0;
  try {
    for await (const analysis of analyses(photos, options, context)) {
      const own = photos[index]!;
      const faces = 'error' in analysis ? [] : mainFaces(analysis.faces);
      if ('error' in analysis)
        rejected.push({ ...own, reason: 'unreadable', message: analysis.error.message });
      else if (faces.length === 0) rejected.push({ ...own, reason: 'no-face', message: 'no face found' });
      else if (faces.length > 1)
        rejected.push({ ...own, reason: 'several-faces', message: `${faces.length} faces found` });
      else await use({ photo: own.photo, image: analysis.image, face: faces[0]! }, index);
      output.progress(++index, photos.length);
    }
  } finally {
    output.end();
  }
  return rejected;
}

async function* analyses(
  photos: readonly LabeledPhoto[],
  options: DetectionOptions & { readonly embeddings: boolean; readonly out?: string | undefined },
  { signal }: CommandContext,
): AsyncGenerator<FileAnalysis> {
  const { threads, detection, minFaceSize, minScore, embeddings, out, jobs: concurrency } = options;
  const files = photos.map(({ photo }) => ({ path: photo, name: photo }));
  await using pipeline = await FacePipeline.create({ threads, detection });
  const settings = { minFaceSize, minScore, embeddings, identities: false };
  const analyze = (image: Image) => pipeline.analyze(image, settings);
  const remembered =
    out === undefined ? null : await rememberFaces(out, { settings: { detection, settings } });
  try {
    yield* analyzeFiles(files, remembered?.wrap(analyze) ?? analyze, { concurrency, signal });
  } finally {
    await remembered?.close({ finished: !signal.aborted });
  }
}

async function report(
  output: Output,
  result: {
    readonly photos: readonly LabeledPhoto[];
    readonly scan: PeopleScan;
    readonly rejected: readonly Rejection[];
    readonly moved: string | null;
    readonly out: string;
    readonly json: true | undefined;
  },
): Promise<void> {
  const { photos, scan, rejected, moved, out, json } = result;
  const { skipped, withoutPhotos } = scan;
  const kept = photos.length - rejected.length;
  if (json) {
    await output.json({ out, moved, photos: photos.length, kept, rejected, withoutPhotos, skipped });
    return;
  }
  await printSkipped(output, skipped, {});
  await printWithoutPhotos(output, scan, {});
  const labels = [...new Set(rejected.map(({ label }) => label))];
  for (const label of labels) {
    const own = rejected.filter((each) => each.label === label);
    const all = photos.filter((each) => each.label === label).length;
    await output.line(`${printable(label)}: ${all - own.length} of ${all} kept`);
    for (const { photo, message } of own) await output.line(`  ${printable(photo)}: ${printable(message)}`);
  }
  output.note(`${kept} of ${photos.length} photos in ${printable(out)}`);
  if (moved) output.note(`what was there is now in ${printable(moved)}`);
}

function integerList(text: string): number[] {
  const values = text.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : Number.NaN));
  if (values.every((value) => Number.isSafeInteger(value) && value >= 1)) return values;
  throw new InvalidArgumentError('Expected integers >= 1 with commas between them.');
}
