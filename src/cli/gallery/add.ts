import { basename } from 'node:path';
import type { Command } from 'commander';
import { FaceTriggerError } from '../../core/errors.ts';
import { printable } from '../../core/text/printable.ts';
import { type PhotoOfPerson, photosOfPeople } from '../../dataset/photos-of-people.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { galleryExists } from '../../gallery/gallery-exists.ts';
import { type GalleryNetworks, galleryNetworks } from '../../gallery/gallery-networks.ts';
import type { EnrolledFace, NearerPerson, NewPerson } from '../../gallery/gallery-types.ts';
import { openGallery } from '../../gallery/open-gallery.ts';
import { readNewFace } from '../../gallery/read-new-face.ts';
import type { ReviewLevel } from '../../gallery/review-face.ts';
import type { ModelPrecision } from '../../models/model-pack.ts';
import { readImage } from '../../node/image/read-image.ts';
import { FacePipeline } from '../../pipeline/face-pipeline.ts';
import type { CommandContext } from '../command-context.ts';
import { addDetectionOptions, type DetectionOptions } from '../options/analysis-options.ts';
import { dateToCome } from '../options/date-option.ts';
import { duplicatesOption, reviewOption } from '../options/enrollment-options.ts';
import { type NetworkOptions, precisionOption } from '../options/network-options.ts';
import { counted } from '../output/counted.ts';
import { describeError, Output } from '../output/output.ts';
import { printSkipped } from '../output/print-skipped.ts';
import { type GalleryOptions, gallerySubcommand } from './gallery-subcommand.ts';
import { openExistingGallery } from './open-existing-gallery.ts';

interface AddOptions extends GalleryOptions, DetectionOptions {
  readonly json?: true | undefined;
  readonly models?: string | undefined;
  readonly commercial?: true | undefined;
  readonly name?: string | undefined;
  readonly review: ReviewLevel;
  readonly duplicates: 'skip' | 'keep';
  readonly thumbnails?: true | undefined;
  readonly precision?: ModelPrecision | undefined;
  readonly expires?: Date | undefined;
  readonly consent?: string | undefined;
}

/** Adds `gallery add`. */
export function addAddCommand(group: Command, context: CommandContext): void {
  addDetectionOptions(gallerySubcommand(group, 'add', 'enroll people from photos that show one face each'))
    .argument('<inputs...>', 'a folder of people (Ada/1.jpg, Bob.jpg), or photos of one person with --name')
    .option('--name <name>', 'the person whom the photos show')
    .addOption(reviewOption())
    .addOption(duplicatesOption())
    .option('--thumbnails', 'also keep a small picture of each face')
    .addOption(precisionOption('fp32 for a new gallery, else that of its faces'))
    .option(
      '--expires <date>',
      'when to delete these people, new or known: 2027-06-30, or a time with a zone',
      dateToCome,
    )
    .option('--consent <text>', "what these people, new or known, agreed to; kept with today's date")
    .action((inputs: string[], options: AddOptions) => add(inputs, options, context));
}

async function add(inputs: readonly string[], options: AddOptions, context: CommandContext): Promise<void> {
  const { signal } = context;
  const output = new Output('reading faces', {
    progress: options.progress,
    signal,
    goOn: 'Those before are in the gallery',
  });
  const { photos, skipped, withoutPhotos } = await photosOfPeople(inputs, options.name);
  await printSkipped(output, skipped, options);
  for (const name of withoutPhotos) await printWithoutPhoto(output, name, options);
  const networks = await networksOf(options);
  const { commercial, threads, detection } = options;
  await using pipeline = await FacePipeline.create({ commercial, threads, detection, ...networks });
  const { profile } = pipeline.embedder;
  await using gallery = await openGallery(options.gallery, {
    embedder: { id: profile.id, sha256: profile.sha256, dimension: profile.dimension },
    distances: profile,
    models: networks.models,
    thumbnails: options.thumbnails === true,
  });
  const counts = { failed: 0, doubles: 0 };
  try {
    for (const [done, photo] of photos.entries()) {
      signal.throwIfAborted();
      output.progress(done, photos.length);
      try {
        const enrolled = await enroll(photo, { gallery, pipeline, options, signal });
        if (enrolled.alreadyThere) counts.doubles++;
        await printEnrolled(output, photo, { enrolled, json: options.json });
      } catch (error) {
        if (!(error instanceof FaceTriggerError) || error.code === 'ERR_ABORTED') throw error;
        counts.failed++;
        const { name, path } = photo;
        if (options.json) await output.json({ image: path, name, error: describeError(error) });
        else output.failure(path, error);
      }
    }
  } finally {
    output.end();
  }
  const { people, faces } = await gallery.stats();
  const added = counted(photos.length - counts.failed - counts.doubles, 'face');
  const repeated = counts.doubles > 0 ? `, ${counts.doubles} already there` : '';
  const all = `${counted(people, 'person', 'people')}, ${counted(faces, 'face')} in all`;
  if (!options.json) output.note(`${added} added${repeated}; ${all}`);
  if (counts.failed > 0) context.setExitStatus(1);
}

/** With the networks of the gallery's faces; of a new gallery with those that are asked for. */
async function networksOf(
  options: AddOptions,
): Promise<NetworkOptions & Partial<Pick<GalleryNetworks, 'evenLength'>>> {
  const { gallery: path, models, precision } = options;
  if (!(await galleryExists(path))) return { models, precision };
  await using gallery = await openExistingGallery(path, { models });
  return await galleryNetworks(gallery, options);
}

async function enroll(
  { name, path }: PhotoOfPerson,
  context: {
    readonly gallery: Gallery;
    readonly pipeline: FacePipeline;
    readonly options: AddOptions;
    readonly signal: AbortSignal;
  },
): Promise<EnrolledFace> {
  const { gallery, pipeline, options, signal } = context;
  const { minFaceSize, minScore, review, duplicates } = options;
  const image = await readImage(path, { signal });
  const { newFace } = await readNewFace(pipeline, image, {
    analyze: { minFaceSize, minScore },
    source: basename(path).slice(0, 1000),
    thumbnail: gallery.keepsThumbnails,
  });
  const wishes = wishesOf(options);
  const { person, created, faces } = await gallery.enroll({ name, ...wishes }, [newFace], {
    review,
    duplicates,
  });
  // What is asked for somebody who is there already counts as much as for somebody new.
  if (!created && Object.keys(wishes).length > 0) await gallery.updatePerson(person.id, wishes);
  return faces[0]!;
}

/** What the command says about every person of the photos. */
function wishesOf({ expires, consent }: AddOptions): Omit<NewPerson, 'name'> {
  return {
    ...(expires !== undefined && { expiresAt: expires }),
    ...(consent !== undefined && { consent: { text: consent, at: new Date() } }),
  };
}

async function printWithoutPhoto(output: Output, name: string, { json }: AddOptions): Promise<void> {
  const message = 'there is no photo of this person that can be read';
  if (json) await output.json({ name, skipped: 'no-photo', message });
  else output.note(`not enrolled: ${printable(name)}, ${message}`);
}

async function printEnrolled(
  output: Output,
  { name, path }: PhotoOfPerson,
  { enrolled, json }: { readonly enrolled: EnrolledFace; readonly json: true | undefined },
): Promise<void> {
  const { face, alreadyThere, flags, nearerPerson } = enrolled;
  if (json) {
    await output.json({ image: path, name, faceId: face.id, alreadyThere, flags, nearerPerson });
    return;
  }
  const image = printable(path);
  if (alreadyThere) output.note(`${image}: already there${asSource(face.source)}, nothing added`);
  for (const { message } of flags) output.note(`${image}: ${message}`);
  if (nearerPerson) output.note(`${image}: ${likeness(nearerPerson, name)}`);
}

function asSource(source: string | null): string {
  return source === null ? '' : ` as ${printable(source)}`;
}

function likeness({ name: other, distance, samePhoto }: NearerPerson, name: string): string {
  return samePhoto
    ? `the same photo is there as ${printable(other)}: one photo under two names`
    : `looks more like ${printable(other)} (distance ${distance.toFixed(2)}) than like ${printable(name)}`;
}
