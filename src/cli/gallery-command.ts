import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { searchedFaceSize } from '../core/detect/default-face-size.ts';
import { FaceTriggerError } from '../core/errors.ts';
import { printable } from '../core/text/printable.ts';
import { listImages } from '../dataset/list-images.ts';
import { scanPeopleFolder } from '../dataset/people-folder.ts';
import type { SkippedFile } from '../dataset/skipped-file.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { galleryExists } from '../gallery/gallery-exists.ts';
import {
  checkGalleryFile,
  exportGallery,
  importGallery,
  readGalleryFileHeader,
} from '../gallery/gallery-file.ts';
import type { ImportResult, NearerPerson, NewPerson, Person } from '../gallery/gallery-types.ts';
import { openGallery } from '../gallery/open-gallery.ts';
import { readNewFace } from '../gallery/read-new-face.ts';
import type { ReviewLevel } from '../gallery/review-face.ts';
import { trainFromGallery } from '../gallery/train-from-gallery.ts';
import type { ModelPrecision } from '../models/model-pack.ts';
import { readImage } from '../node/image/read-image.ts';
import { FaceRecognizer } from '../people/face-recognizer.ts';
import { FacePipeline } from '../pipeline/face-pipeline.ts';
import { addDetectionOptions, type DetectionOptions } from './analysis-options.ts';
import type { CommandContext } from './command-context.ts';
import { counted } from './counted.ts';
import { dateToCome } from './date-option.ts';
import { faceJson } from './face-json.ts';
import { galleryNetworks } from './gallery-networks.ts';
import { precisionOption } from './network-options.ts';
import { integerAtLeast, numberBetween } from './number-option.ts';
import { openExistingGallery } from './open-existing-gallery.ts';
import { describeError, Output } from './output.ts';
import { packageVersion } from './package-version.ts';
import { printSkipped } from './print-skipped.ts';
import { probabilityText } from './probability-text.ts';
import { searchSummary } from './search-summary.ts';
import { TextTable, widest } from './text-table.ts';

interface GalleryOptions {
  readonly gallery: string;
  readonly json?: true;
}

interface AddOptions extends GalleryOptions, DetectionOptions {
  readonly json?: true;
  readonly name?: string;
  readonly review: ReviewLevel;
  readonly duplicates: 'skip' | 'keep';
  readonly thumbnails?: true;
  readonly precision?: ModelPrecision;
  readonly expires?: Date;
  readonly consent?: string;
}

interface SearchOptions extends GalleryOptions, DetectionOptions {
  readonly json?: true;
  readonly limit: number;
  readonly maxDistance?: number;
}

interface TrainOptions extends GalleryOptions {
  readonly out: string;
  readonly classifier: 'auto' | 'svm' | 'nearest';
}

/** Adds `gallery add`, `list`, `search`, `rename`, `merge`, `undo`, `delete`, `export`, `import`, `train` and `stats`. */
export function addGalleryCommand(program: Command, context: CommandContext): void {
  const gallery = program
    .command('gallery')
    .description('keep people and their faces in one file; no training needed')
    .helpCommand(false)
    .addHelpText('after', HELP);
  const output = () => new Output('reading faces', { signal: context.signal });
  const sub = (name: string, description: string) =>
    gallery
      .command(name)
      .description(description)
      .requiredOption('--gallery <file>', 'the gallery', 'gallery.db')
      .option('--json', 'print one JSON object a line');

  addDetectionOptions(sub('add', 'enroll people from photos of one face each'))
    .argument('<inputs...>', 'a folder of people (Ada/1.jpg, Bob.jpg), or with --name photos of one person')
    .option('--name <name>', 'whom the photos show')
    .addOption(
      new Option('--review <level>', 'how strictly photos are judged')
        .choices(['off', 'standard', 'strict'])
        .default('standard'),
    )
    .addOption(
      new Option('--duplicates <what>', 'what becomes of a photo that the person has already')
        .choices(['skip', 'keep'])
        .default('skip'),
    )
    .option('--thumbnails', 'also keep a small picture of each face')
    .addOption(precisionOption('fp32 for a new gallery, else that of its faces'))
    .option(
      '--expires <date>',
      'when the people, new or known, are to be deleted: 2027-06-30, or a time with a zone',
      dateToCome,
    )
    .option('--consent <text>', 'what the people, new or known, agreed to, kept with today as the date')
    .action((inputs: string[], options: AddOptions) => add(inputs, options, context));
  sub('list', 'list the people, or the faces of one')
    .option('--faces <name>', 'list the faces of this person')
    .action((options: GalleryOptions & { faces?: string }) => list(output(), options));
  addDetectionOptions(sub('search', 'say who is in pictures'))
    .argument('<images...>', 'files, folders or globs')
    .option('--limit <n>', 'people to name for each face', integerAtLeast(1), 3)
    .option(
      '--max-distance <d>',
      "farther away than this is unknown (default: the gallery's, 0.56 of a Euclidean one)",
      numberBetween(0, 100),
    )
    .action((inputs: string[], options: SearchOptions) => search(inputs, options, context));
  sub('rename', 'give a person another name')
    .argument('<name>')
    .argument('<new-name>')
    .action((name: string, newName: string, options: GalleryOptions) =>
      withGallery(options, async (opened) => {
        const person = await opened.renamePerson((await named(opened, name)).id, newName);
        await say(output(), options, { person }, `${name} is ${person.name} now`);
      }),
    );
  sub('merge', 'make two people one; the second name stays')
    .argument('<name>', 'who disappears')
    .argument('<into>', 'who stays')
    .action((name: string, into: string, options: GalleryOptions) =>
      withGallery(options, async (opened) => {
        const merge = await opened.mergePerson(
          (await named(opened, name)).id,
          (await named(opened, into)).id,
        );
        const text = `${name} is ${into} now; to take it back: gallery undo ${merge.id}`;
        await say(output(), options, merge, text);
      }),
    );
  sub('undo', 'take a merge back')
    .argument('<merge-id>', 'what gallery merge printed')
    .action((id: string, options: GalleryOptions) =>
      withGallery(options, async (opened) => {
        const person = await opened.undoMerge(id);
        await say(output(), options, { person }, `${person.name} is there again with ${person.faces} faces`);
      }),
    );
  sub('delete', 'delete a person with all faces, or one face, for good')
    .argument('[name]')
    .option('--face <id>', 'delete only this face')
    .action((name: string | undefined, options: GalleryOptions & { face?: string }) =>
      remove(output(), name, options),
    );
  sub('export', 'write the gallery to a file of JSON lines; it holds biometric data')
    .argument('<file>')
    .action((file: string, options: GalleryOptions) =>
      withGallery(options, async (opened) => {
        const records = await giveOut(opened, file, context);
        await say(output(), options, { file, records }, `${file}: ${records} records`);
      }),
    );
  sub('import', 'take in a file that export wrote; the gallery is made if need be')
    .argument('<file>')
    .action((file: string, options: GalleryOptions) => takeIn(file, options, context));
  sub('train', 'make a model for "recognize --model" and "watch --model" of the people')
    .requiredOption('--out <dir>', 'folder for the model; an older model there is replaced')
    .addOption(
      new Option('--classifier <kind>', 'svm needs several faces of everybody, nearest one')
        .choices(['auto', 'svm', 'nearest'])
        .default('auto'),
    )
    .action((options: TrainOptions) => train(output(), options, context));
  sub('stats', 'show how large the gallery is').action((options: GalleryOptions) =>
    withGallery(options, async (opened) => {
      const stats = await opened.stats();
      const { people, faces, negatives, embedder, metric, index, bytes } = stats;
      const text = [
        `${counted(people, 'person', 'people')}, ${counted(faces, 'face')}, ${counted(negatives, 'negative example')}, ${bytes} bytes`,
        `embedder ${embedder.id} (SHA-256 ${embedder.sha256}), ${embedder.dimension} numbers, ${metric} distance`,
        `index: ${index}`,
      ].join('\n');
      await say(output(), options, stats, text);
    }),
  );
}

/** The numbers that a gallery's embeddings were made with; undefined for a gallery that does not exist yet. */
async function precisionIn(path: string): Promise<ModelPrecision | undefined> {
  if (!(await galleryExists(path))) return undefined;
  await using gallery = await openExistingGallery(path);
  return (await galleryNetworks(gallery)).precision;
}

async function add(inputs: readonly string[], options: AddOptions, context: CommandContext): Promise<void> {
  const output = new Output('reading faces', {
    progress: options.progress,
    signal: context.signal,
    goOn: 'Those before are in the gallery',
  });
  const { photos, skipped, withoutPhotos } = await photosOf(inputs, options.name);
  await printSkipped(output, skipped, options);
  for (const name of withoutPhotos) {
    const message = 'there is no photo of this person that can be read';
    if (options.json) await output.json({ name, skipped: 'no-photo', message });
    else output.note(`not enrolled: ${printable(name)}, ${message}`);
  }
  const { threads, detection } = options;
  const precision = options.precision ?? (await precisionIn(options.gallery));
  await using pipeline = await FacePipeline.create({ threads, detection, precision });
  const { id, sha256, dimension } = pipeline.embedder.profile;
  await using gallery = await openGallery(options.gallery, {
    embedder: { id, sha256, dimension },
    thumbnails: options.thumbnails === true,
  });
  const wishes = wishesOf(options);
  let failed = 0;
  let doubles = 0;
  try {
    for (const [done, { name, path }] of photos.entries()) {
      context.signal.throwIfAborted();
      output.progress(done, photos.length);
      try {
        const image = await readImage(path, { signal: context.signal });
        const { minFaceSize, minScore } = options;
        const { newFace } = await readNewFace(pipeline, image, {
          analyze: { minFaceSize, minScore },
          source: basename(path).slice(0, 1000),
          thumbnail: gallery.keepsThumbnails,
        });
        const { person, created, faces } = await gallery.enroll({ name, ...wishes }, [newFace], {
          review: options.review,
          duplicates: options.duplicates,
        });
        // What is asked for somebody who is there already counts as much as for somebody new.
        if (!created && Object.keys(wishes).length > 0) await gallery.updatePerson(person.id, wishes);
        const { face, alreadyThere, flags, nearerPerson } = faces[0]!;
        if (alreadyThere) doubles++;
        if (options.json) {
          await output.json({ image: path, name, faceId: face.id, alreadyThere, flags, nearerPerson });
        } else {
          if (alreadyThere) output.note(`${printable(path)}: already there${of(face.source)}, nothing added`);
          for (const { message } of flags) output.note(`${printable(path)}: ${message}`);
          if (nearerPerson) output.note(`${printable(path)}: ${likeness(nearerPerson, name)}`);
        }
      } catch (error) {
        if (!(error instanceof FaceTriggerError) || error.code === 'ERR_ABORTED') throw error;
        failed++;
        if (options.json) await output.json({ image: path, name, error: describeError(error) });
        else output.failure(path, error);
      }
    }
  } finally {
    output.end();
  }
  const { people, faces } = await gallery.stats();
  const repeated = doubles > 0 ? `, ${doubles} already there` : '';
  if (!options.json)
    output.note(
      `${counted(photos.length - failed - doubles, 'face')} added${repeated}; ${counted(people, 'person', 'people')}, ${counted(faces, 'face')} in all`,
    );
  if (failed > 0) context.setExitStatus(1);
}

function of(source: string | null): string {
  return source === null ? '' : ` as ${printable(source)}`;
}

function likeness({ name: other, distance, samePhoto }: NearerPerson, name: string): string {
  return samePhoto
    ? `the same photo is there as ${printable(other)}: one photo under two names`
    : `looks more like ${printable(other)} (distance ${distance.toFixed(2)}) than like ${printable(name)}`;
}

/** What the command says about every person of the photos. */
function wishesOf({ expires, consent }: AddOptions): Omit<NewPerson, 'name'> {
  return {
    ...(expires !== undefined && { expiresAt: expires }),
    ...(consent !== undefined && { consent: { text: consent, at: new Date() } }),
  };
}

async function photosOf(
  inputs: readonly string[],
  name: string | undefined,
): Promise<{
  readonly photos: readonly { readonly name: string; readonly path: string }[];
  readonly skipped: readonly SkippedFile[];
  readonly withoutPhotos: readonly string[];
}> {
  if (name !== undefined) {
    const { images, skipped } = await listImages(inputs);
    for (const { error } of images) if (error) throw error;
    return { photos: images.map(({ path }) => ({ name, path })), skipped, withoutPhotos: [] };
  }
  const scans = await Promise.all(inputs.map((folder) => scanPeopleFolder(folder)));
  const people = scans.flatMap((scan) => scan.people);
  const known = new Set(people.map(({ label }) => label));
  return {
    photos: people.flatMap(({ label, photos }) => photos.map((path) => ({ name: label, path }))),
    skipped: scans.flatMap((scan) => scan.skipped),
    withoutPhotos: scans.flatMap((scan) => scan.withoutPhotos).filter((label) => !known.has(label)),
  };
}

async function list(output: Output, options: GalleryOptions & { readonly faces?: string }): Promise<void> {
  await withGallery(options, async (gallery) => {
    const personId = options.faces === undefined ? null : (await named(gallery, options.faces)).id;
    const table = new TextTable(
      personId === null
        ? [{ title: 'FACES', align: 'right', width: 6 }, { title: 'NAME' }]
        : [{ title: 'ID', width: 36 }, { title: 'CREATED', width: 10 }, { title: 'SOURCE' }],
    );
    if (!options.json) await output.line(table.header());
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page =
        personId === null
          ? await gallery.listPeople({ cursor: cursor ?? null })
          : await gallery.listFaces({ personId, cursor: cursor ?? null });
      for (const item of page.items) {
        if (options.json) await output.json(item);
        else if ('name' in item) await output.line(table.row([item.faces, item.name]));
        else
          await output.line(
            table.row([item.id, item.createdAt.toISOString().slice(0, 10), item.source ?? '-']),
          );
      }
      cursor = page.nextCursor;
    }
  });
}

async function search(
  inputs: readonly string[],
  options: SearchOptions,
  context: CommandContext,
): Promise<void> {
  const output = new Output('searching', { progress: options.progress, signal: context.signal });
  const { images: files, skipped } = await listImages(inputs);
  await printSkipped(output, skipped, options);
  const table = new TextTable([
    { title: 'IMAGE', width: widest(files.map(({ path }) => path)), cut: 'start' },
    { title: 'FACE', align: 'right' },
    { title: 'NAME', width: 16 },
    { title: 'PROBABILITY', align: 'right' },
    { title: 'DISTANCE', align: 'right' },
  ]);
  const counts = { pictures: 0, faces: 0, failed: 0, skipped: skipped.length, sizes: new Set<number>() };
  let hasHeader = false;
  const row = async (cells: readonly (string | number)[]) => {
    if (!hasHeader) await output.line(table.header());
    hasHeader = true;
    await output.line(table.row(cells));
  };
  await withGallery(options, async (gallery) => {
    const { threads, detection } = options;
    const networks = await galleryNetworks(gallery);
    await using pipeline = await FacePipeline.create({ threads, detection, ...networks });
    const { id, sha256 } = pipeline.embedder.profile;
    const { minFaceSize, minScore, limit, maxDistance = gallery.thresholds.identify } = options;
    try {
      for (const [done, { path, error }] of files.entries()) {
        context.signal.throwIfAborted();
        output.progress(done, files.length);
        try {
          if (error) throw error;
          counts.pictures++;
          const image = await readImage(path, { signal: context.signal });
          const searched = searchedFaceSize(image, minFaceSize);
          const faces = await pipeline.analyze(image, { minFaceSize, minScore, identities: false });
          counts.faces += faces.length;
          counts.sizes.add(searched);
          const answers = [];
          for (const face of faces) {
            const people = await gallery.search(face.embedding!, {
              limit,
              maxDistance,
              embedder: { id, sha256 },
            });
            answers.push({ face, people });
          }
          if (options.json) {
            const { width, height } = image;
            const found = answers.map(({ face: { embedding: _, ...face }, people }) => ({
              ...faceJson(face),
              candidates: people,
            }));
            await output.json({ image: path, width, height, minFaceSize: searched, faces: found });
            continue;
          }
          if (answers.length === 0) await row([path, '-', 'no face']);
          for (const [i, { people }] of answers.entries()) {
            if (people.length === 0) await row([path, i + 1, 'unknown']);
            for (const { person, probability, distance } of people) {
              await row([path, i + 1, person.name, probabilityText(probability), distance.toFixed(3)]);
            }
          }
        } catch (cause) {
          if (!(cause instanceof FaceTriggerError) || cause.code === 'ERR_ABORTED') throw cause;
          counts.failed++;
          if (options.json) await output.json({ image: path, error: describeError(cause) });
          else output.failure(path, cause);
        }
      }
    } finally {
      output.end(counted(counts.faces, 'face'));
    }
  });
  if (!options.json) output.note(searchSummary(counts));
  if (counts.failed > 0) context.setExitStatus(1);
}

async function remove(
  output: Output,
  name: string | undefined,
  options: GalleryOptions & { readonly face?: string },
): Promise<void> {
  if ((name === undefined) === (options.face === undefined)) {
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', 'Expected a name, or --face and an id');
  }
  await withGallery(options, async (gallery) => {
    if (name === undefined) {
      await gallery.deleteFace(options.face!);
      await say(output, options, { face: options.face }, 'one face deleted');
      return;
    }
    const { id } = await named(gallery, name);
    const faces = await gallery.deletePerson(id);
    await say(output, options, { id, faces }, `one person and ${counted(faces, 'face')} deleted`);
  });
}

async function train(output: Output, options: TrainOptions, { signal }: CommandContext): Promise<void> {
  const { out, classifier: kind } = options;
  await withGallery(options, async (gallery) => {
    await using recognizer = await FaceRecognizer.create(await galleryNetworks(gallery));
    const { people, thresholds, sharedFaces, report } = await trainFromGallery(gallery, recognizer, {
      out,
      createdBy: packageVersion(),
      training: { kind, signal },
    });
    const { kind: classifier, C } = report;
    for (const { names, distance } of sharedFaces) {
      const both = names.map(printable).join(' and ');
      output.note(
        `${both} have nearly the same face (distance ${distance.toFixed(2)}): one photo or one person under two ` +
          'names, neither of them can be told surely',
      );
    }
    const value = { model: out, people, classifier: { kind: classifier, C }, thresholds, sharedFaces };
    await say(output, options, value, `${people.length} people learned (${classifier})\nmodel: ${out}`);
  });
}

async function giveOut(gallery: Gallery, file: string, { signal }: CommandContext): Promise<number> {
  const output = new Output('writing', { signal, goOn: 'Nothing was written' });
  const { people, faces, negatives } = await gallery.stats();
  const total = 1 + people + faces + negatives;
  try {
    return await exportGallery(gallery, file, { signal, onProgress: (done) => output.progress(done, total) });
  } finally {
    output.end();
  }
}

async function takeIn(file: string, options: GalleryOptions, { signal }: CommandContext): Promise<void> {
  const output = new Output('taking in', { signal, goOn: 'The same command again takes in the rest' });
  const header = await readGalleryFileHeader(file);
  // A gallery that is made for this must not stay behind, empty, where the file turns out to be wrong.
  if (!(await galleryExists(options.gallery))) await checkGalleryFile(file, header);
  const { embedder, metric } = header;
  await using gallery = await openGallery(options.gallery, { embedder, metric, thumbnails: true });
  let result: ImportResult;
  try {
    result = await importGallery(gallery, file, {
      signal,
      onProgress: (done, total) => output.progress(done, total),
    });
  } finally {
    output.end();
  }
  const { people, faces, negatives, present, expired, withoutPerson } = result;
  const parts = [
    `${counted(people, 'person', 'people')}, ${counted(faces, 'face')}, ${counted(negatives, 'negative example')} taken in`,
    ...(present > 0 ? [`${present} were there already`] : []),
    ...(expired > 0 ? [`${expired} left out: of people whose time is over`] : []),
    ...(withoutPerson > 0 ? [`${withoutPerson} left out: of nobody in the file`] : []),
  ];
  await say(output, options, result, parts.join('; '));
}

async function withGallery(
  { gallery: path }: GalleryOptions,
  work: (gallery: Gallery) => Promise<void>,
): Promise<void> {
  await using gallery = await openExistingGallery(path);
  await work(gallery);
}

async function named(gallery: Gallery, name: string): Promise<Person> {
  const person = await gallery.findPerson(name);
  if (person === null) throw new FaceTriggerError('ERR_NOT_FOUND', `Nobody in the gallery is called ${name}`);
  return person;
}

async function say(output: Output, { json }: GalleryOptions, value: unknown, text: string): Promise<void> {
  if (json) await output.json(value);
  else await output.line(text.split('\n').map(printable).join('\n'));
}

const HELP = `
Examples:
  face-trigger gallery add people/                        (people/Ada/1.jpg, people/Ada/2.jpg, people/Bob.jpg ...)
  face-trigger gallery add door/*.jpg --name Ada --expires 2027-06-30 --consent "front door"
  face-trigger gallery search party/ --json
  face-trigger gallery list --faces Ada                   (then: gallery delete --face ID)
  face-trigger gallery merge "Ada L." Ada                 (prints how to take it back)
  face-trigger gallery delete Ada
  face-trigger gallery export backup.jsonl                (then: gallery import backup.jsonl --gallery other.db)
  face-trigger gallery train --out model/                 (then: watch --model model/)

Without --gallery all of them work on gallery.db in the current folder.`;
