import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceTriggerError } from '../core/errors.ts';
import { canonicalName, sameName } from '../core/text/person-name.ts';
import { pathOnDisk } from '../node/files/path-on-disk.ts';
import { hasImageExtension } from '../node/image/picture-extensions.ts';
import type { PhotoReference } from './pairs-file.ts';

/** Finds the file of a photo that a pairs file names. */
export type PhotoResolver = (photo: PhotoReference) => Promise<string>;

/**
 * Looks photos up in the layout of Labeled Faces in the Wild: `Name/Name_0001.jpg`.
 *
 * @param folder - holds one folder for each person
 * @returns a resolver that answers `Name/Name_0001.EXT`, for any image extension and any count of leading zeros; it
 * throws `ERR_FILE_NOT_FOUND` for a photo that is not there and `ERR_DATASET` for one that is there twice
 * @remarks Names are matched against what the folders list, in whichever Unicode form the disk has them, and never
 * joined unseen, so no name can lead outside. Each person's folder is listed once.
 */
export function photoResolver(folder: string): PhotoResolver {
  const people = new Map<string, Promise<Map<number, string>>>();
  const place = pathOnDisk(folder);
  let names: Promise<readonly string[]> | undefined;
  return async ({ person, number }) => {
    const key = canonicalName(person);
    let photos = people.get(key);
    if (!photos) {
      names ??= list(await place);
      photos = listPhotos(await place, person, await names);
      people.set(key, photos);
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

async function listPhotos(
  folder: string,
  person: string,
  names: readonly string[],
): Promise<Map<number, string>> {
  if (person.includes('/') || person.includes('\\') || person === '.' || person === '..') {
    throw new FaceTriggerError('ERR_DATASET', `${JSON.stringify(person)} is not the name of a folder`);
  }
  const places = names.filter((name) => sameName(name, person)).map((name) => join(folder, name));
  if (places.length === 0) {
    throw new FaceTriggerError('ERR_FILE_NOT_FOUND', `No folder of photos at ${join(folder, person)}`);
  }
  const start = `${canonicalName(person)}_`;
  const photos = new Map<number, string>();
  for (const place of places) {
    for (const name of await list(place)) {
      const composed = name.normalize('NFC');
      const match = /^(\d{1,9})\.[A-Za-z]+$/.exec(composed.slice(start.length));
      if (!composed.startsWith(start) || !match || !hasImageExtension(name)) continue;
      const number = Number(match[1]);
      if (photos.has(number)) {
        throw new FaceTriggerError('ERR_DATASET', `Photo ${number} of ${person} is there twice in ${place}`);
      }
      photos.set(number, join(place, name));
    }
  }
  return photos;
}

async function list(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw new FaceTriggerError('ERR_FILE_NOT_FOUND', `No folder of photos at ${folder}`, { cause });
  }
}
