import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceTriggerError } from '../errors.ts';
import { hasImageExtension } from '../image/picture-extensions.ts';
import type { PhotoReference } from './pairs-file.ts';

/** Finds the file of a photo that a pairs file names. */
export type PhotoResolver = (photo: PhotoReference) => Promise<string>;

/**
 * Looks photos up in the layout of Labeled Faces in the Wild: `Name/Name_0001.jpg`.
 *
 * @param folder - holds one folder for each person
 * @returns a resolver that answers `Name/Name_0001.EXT`, for any image extension and any count of leading zeros; it
 * throws `ERR_FILE_NOT_FOUND` for a photo that is not there and `ERR_DATASET` for one that is there twice
 * @remarks Names are matched against what the folders list, never joined unseen, so no name can lead outside. Each
 * person's folder is listed once.
 */
export function photoResolver(folder: string): PhotoResolver {
  const people = new Map<string, Promise<Map<number, string>>>();
  return async ({ person, number }) => {
    let photos = people.get(person);
    if (!photos) {
      photos = listPhotos(folder, person);
      people.set(person, photos);
    }
    const file = (await photos).get(number);
    if (file === undefined) {
      throw new FaceTriggerError(
        'ERR_FILE_NOT_FOUND',
        `No photo ${number} of ${person} in ${join(folder, person)}`,
      );
    }
    return file;
  };
}

async function listPhotos(folder: string, person: string): Promise<Map<number, string>> {
  if (person.includes('/') || person.includes('\\') || person === '.' || person === '..') {
    throw new FaceTriggerError('ERR_DATASET', `${JSON.stringify(person)} is not the name of a folder`);
  }
  const place = join(folder, person);
  let names: string[];
  try {
    names = await readdir(place);
  } catch (cause) {
    throw new FaceTriggerError('ERR_FILE_NOT_FOUND', `No folder of photos at ${place}`, { cause });
  }
  const photos = new Map<number, string>();
  for (const name of names) {
    if (!name.startsWith(`${person}_`)) continue;
    const match = /^(\d{1,9})\.[A-Za-z]+$/.exec(name.slice(person.length + 1));
    if (!match || !hasImageExtension(name)) continue;
    const number = Number(match[1]);
    if (photos.has(number)) {
      throw new FaceTriggerError('ERR_DATASET', `Photo ${number} of ${person} is there twice in ${place}`);
    }
    photos.set(number, join(place, name));
  }
  return photos;
}
