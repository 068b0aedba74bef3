import { stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { FaceTriggerError } from '../errors.ts';
import { canonicalName } from '../text/person-name.ts';
import { naturalOrder } from './natural-order.ts';
import { walkImages } from './walk-images.ts';

/** One person of a {@link readPeopleFolder}. */
export interface PersonPhotos {
  /** The person's name, in Unicode's composed form. */
  readonly label: string;
  /** Paths of the photos, in natural order; at least one. */
  readonly photos: readonly string[];
}

/**
 * Reads a folder of photos of people: `Name/anything.jpg`, a folder for each person, or `Name.jpg`, `Name_2.jpg` side
 * by side. Both may be mixed.
 *
 * @param folder - an existing folder
 * @returns the people in natural order of their names
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`, `ERR_DATASET` where there is no photo at all
 * @remarks A person's folder is searched to the bottom. Of a file's name the number at its end is dropped, if `_`, `-`
 * or a blank stands before it or it is in brackets: `Ada 2.jpg` and `Ada (3).jpg` are Ada, `Unit731.jpg` is Unit731.
 */
export async function readPeopleFolder(folder: string): Promise<PersonPhotos[]> {
  const stats = await stat(folder).catch(() => null);
  if (stats !== null && !stats.isDirectory()) {
    throw new FaceTriggerError('ERR_DATASET', `Expected a folder of photos but ${folder} is a file`);
  }
  const people = new Map<string, string[]>();
  for (const name of await walkImages(folder)) {
    const label = labelOf(name);
    const photos = people.get(label) ?? [];
    photos.push(join(folder, name));
    people.set(label, photos);
  }
  if (people.size === 0) {
    throw new FaceTriggerError(
      'ERR_DATASET',
      `There are no photos in ${folder}: expected a folder for each person (Name/photo.jpg) or Name.jpg, Name_2.jpg`,
    );
  }
  return [...people]
    .map(([label, photos]) => ({ label, photos }))
    .sort((a, b) => naturalOrder(a.label, b.label));
}

function labelOf(name: string): string {
  const slash = name.indexOf('/');
  const label = slash === -1 ? withoutNumber(posix.parse(name).name) : name.slice(0, slash);
  // macOS stores names decomposed: the same person must not be two people on two machines.
  return canonicalName(label);
}

function withoutNumber(stem: string): string {
  return stem.replace(/(?:[_\- ]+\d+|[_\- ]*\(\d+\))$/, '') || stem;
}
