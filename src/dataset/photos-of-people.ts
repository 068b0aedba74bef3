import { listImages } from './list-images.ts';
import { scanPeopleFolder } from './people-folder.ts';
import type { SkippedFile } from './skipped-file.ts';

/** A photo, and whom it shows. */
export interface PhotoOfPerson {
  readonly name: string;
  readonly path: string;
}

/**
 * The photos that `gallery add` is given.
 *
 * @param inputs - folders of people, or with a name photos of one person
 * @returns also what is no photo, and whoever has a folder without one
 */
export async function photosOfPeople(
  inputs: readonly string[],
  name: string | undefined,
): Promise<{
  readonly photos: readonly PhotoOfPerson[];
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
