import { stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { FaceTriggerError } from '../core/errors.ts';
import { canonicalName } from '../core/text/person-name.ts';
import { localPath } from '../node/files/local-path.ts';
import { pathOnDisk } from '../node/files/path-on-disk.ts';
import { describeSkipped } from './describe-skipped.ts';
import { naturalOrder } from './natural-order.ts';
import type { SkippedFile, SkipReason } from './skipped-file.ts';
import { walkImages } from './walk-images.ts';

/** One person of a {@link readPeopleFolder}. */
export interface PersonPhotos {
  /** The person's name, in Unicode's composed form. */
  readonly label: string;
  /** Paths of the photos, in natural order; at least one. */
  readonly photos: readonly string[];
}

/** What {@link scanPeopleFolder} found. */
export interface PeopleScan {
  /** In natural order of their names; at least one. */
  readonly people: readonly PersonPhotos[];
  /** Names of folders without a photo that can be read, and of single pictures that can't, in natural order. */
  readonly withoutPhotos: readonly string[];
  /** Files and folders that were left out. */
  readonly skipped: readonly SkippedPath[];
}

/** Something in a folder of people that was left out. */
export interface SkippedPath extends SkippedFile {
  /** Whom it would have been a photo of; absent for what is no picture. */
  readonly label?: string | undefined;
}

/**
 * Reads a folder of photos of people, as {@link scanPeopleFolder} does, and gives only the people.
 *
 * @param folder - an existing folder
 * @returns the people in natural order of their names
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`, `ERR_DATASET` where there is no photo at all
 */
export async function readPeopleFolder(folder: string): Promise<readonly PersonPhotos[]> {
  return (await scanPeopleFolder(folder)).people;
}

/**
 * Reads a folder of photos of people: `Name/anything.jpg`, a folder for each person, or `Name.jpg`, `Name_2.jpg` side
 * by side. Both may be mixed.
 *
 * @param name - an existing folder, in any Unicode form of its name
 * @returns the people, and what was left out and why
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`, `ERR_DATASET` where there is no photo at all
 * @remarks A person's folder is searched to the bottom. Of a file's name the number at its end is dropped, if `_`, `-`
 * or a blank stands before it or it is in brackets: `Ada 2.jpg` and `Ada (3).jpg` are Ada, `Unit731.jpg` is Unit731.
 * Hidden files and folders are left out, and those of systems and file servers (`@eaDir`, `#recycle`, `lost+found`).
 */
export async function scanPeopleFolder(name: string): Promise<PeopleScan> {
  const folder = await pathOnDisk(localPath(name));
  const stats = await stat(folder).catch(() => null);
  if (stats !== null && !stats.isDirectory()) {
    throw new FaceTriggerError(
      'ERR_DATASET',
      `Expected a folder of photos of people but ${folder} is a file`,
    );
  }
  const found = await walkImages(folder);
  const people = new Map<string, string[]>();
  for (const photo of found.images) {
    const label = personOfPhoto(photo);
    const photos = people.get(label) ?? [];
    photos.push(join(folder, photo));
    people.set(label, photos);
  }
  const skipped = found.skipped.map(({ path, ...skip }) => ({
    path: join(folder, path),
    ...skip,
    ...(PHOTO_REASONS.includes(skip.reason) && { label: personOfPhoto(path) }),
  }));
  if (people.size === 0) throw noPhotos(folder, skipped);
  const named = [
    ...found.folders.map((name) => personOfPhoto(`${name}/`)),
    ...skipped.flatMap(({ label }) => label ?? []),
  ];
  return {
    people: [...people]
      .map(([label, photos]) => ({ label, photos }))
      .sort((a, b) => naturalOrder(a.label, b.label)),
    withoutPhotos: [...new Set(named)].filter((label) => !people.has(label)).sort(naturalOrder),
    skipped,
  };
}

/** What might have been photos of somebody. */
const PHOTO_REASONS: readonly SkipReason[] = ['unsupported', 'not-downloaded'];

function noPhotos(folder: string, skipped: readonly SkippedFile[]): FaceTriggerError {
  const why = describeSkipped(skipped).map((line) => `; ${line}`);
  return new FaceTriggerError(
    'ERR_DATASET',
    `There are no photos in ${folder}: expected a folder for each person (Name/photo.jpg) or Name.jpg, Name_2.jpg` +
      why.join(''),
  );
}

/**
 * Whom a photo of a folder of people shows.
 *
 * @param name - its path below the folder, with `/`
 */
export function personOfPhoto(name: string): string {
  const slash = name.indexOf('/');
  const label = slash === -1 ? withoutNumber(posix.parse(name).name) : name.slice(0, slash);
  // macOS stores names decomposed: the same person must not be two people on two machines.
  return canonicalName(label);
}

function withoutNumber(stem: string): string {
  return stem.replace(/(?:[_\- ]+\d+|[_\- ]*\(\d+\))$/, '') || stem;
}
