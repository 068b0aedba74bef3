import { join } from 'node:path';
import { FaceTriggerError } from '../../core/errors.ts';
import { walkImages } from '../../dataset/walk-images.ts';
import { type ReadPhotoPeopleOptions, readPhotoPeople } from '../metadata/read-photo-people.ts';
import type { MoveInSource, NamedPhoto } from './move-in-source.ts';

/** Options of {@link fromMetadata}. */
export interface FromMetadataOptions extends ReadPhotoPeopleOptions {
  /** Told of metadata that could not be used. */
  readonly onNote?: ((path: string, note: string) => void | Promise<void>) | undefined;
}

/**
 * Photos whose metadata say who is in them: XMP in the file or beside it, or Picasa's file of the folder.
 *
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ` for the folder
 */
export async function fromMetadata(folder: string, options: FromMetadataOptions = {}): Promise<MoveInSource> {
  const { images, skipped } = await walkImages(folder);
  return {
    folders: [folder],
    skipped,
    notes: [],
    async *photos(): AsyncGenerator<NamedPhoto> {
      for (const image of images) {
        const named = await namesOf(join(folder, image), options);
        if (named) yield named;
      }
    },
  };
}

/** The names in a photo's metadata; `null` where there are none. */
export async function namesOf(path: string, options: FromMetadataOptions): Promise<NamedPhoto | null> {
  const { onNote = () => undefined } = options;
  try {
    const { regions, notes } = await readPhotoPeople(path, options);
    for (const note of notes) await onNote(path, note);
    const people = regions.flatMap(({ name, box }) => (name === null ? [] : [{ name, box }]));
    return people.length > 0 ? { path, people } : null;
  } catch (error) {
    if (!(error instanceof FaceTriggerError)) throw error;
    await onNote(path, error.message);
    return null;
  }
}
