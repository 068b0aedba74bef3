import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceTriggerError } from '../../core/errors.ts';
import { type PeopleScan, scanPeopleFolder } from '../../dataset/people-folder.ts';
import type { MoveInSource, NamedPhoto } from './move-in-source.ts';

/**
 * A folder of portraits, a folder for each person: `Ada/1.jpg`, or `Ada.jpg`.
 *
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`, `ERR_DATASET` where there is no photo at all
 */
export async function fromPeopleFolders(folder: string): Promise<MoveInSource> {
  const scan = await scanPeopleFolder(folder);
  return { ...portraits(scan), folders: [folder], notes: withoutPhotos(scan) };
}

/**
 * Frigate's library of faces, `clips/faces`: a folder for each person, and `train` with what was seen lately, whose names
 * are guesses of Frigate.
 *
 * @param folder - `clips/faces`, or the folder of media that it lies in
 * @throws FaceTriggerError as {@link fromPeopleFolders}
 * @remarks Frigate's documentation, "Face Recognition"; files in `train` are named after event, time, guess and score.
 */
export async function fromFrigate(folder: string): Promise<MoveInSource> {
  const faces = (await firstFolder(join(folder, 'clips', 'faces'), join(folder, 'faces'))) ?? folder;
  const scan = await scanPeopleFolder(faces);
  const people = scan.people.filter(({ label }) => label !== RECENT);
  const recent = scan.people.find(({ label }) => label === RECENT)?.photos.length ?? 0;
  const notes = withoutPhotos(scan, RECENT);
  if (recent > 0)
    notes.push(
      `${recent} pictures in ${RECENT} have names that Frigate guessed: they are asked about as nameless faces`,
    );
  return { ...portraits({ ...scan, people }), folders: [faces], notes };
}

/**
 * Double Take's training pictures, `train/NAME`.
 *
 * @param folder - Double Take's storage (`.storage`), or `train` in it
 * @throws FaceTriggerError as {@link fromPeopleFolders}
 * @remarks Double Take's documentation (jakowenko/double-take): `storage.path`, with `train`, `matches` and `latest`.
 */
export async function fromDoubleTake(folder: string): Promise<MoveInSource> {
  const train = (await firstFolder(join(folder, '.storage', 'train'), join(folder, 'train'))) ?? folder;
  return fromPeopleFolders(train);
}

/** Frigate's folder of what it saw lately. */
const RECENT = 'train';

function portraits({ people, skipped }: PeopleScan): Pick<MoveInSource, 'photos' | 'skipped'> {
  return {
    skipped,
    *photos(): Generator<NamedPhoto> {
      for (const { label, photos } of people)
        for (const path of photos) yield { path, people: [{ name: label, box: null }] };
    },
  };
}

function withoutPhotos({ withoutPhotos: names }: PeopleScan, except?: string): string[] {
  return names
    .filter((name) => name !== except)
    .map((name) => `${name}: there is no photo of this person that can be read`);
}

async function firstFolder(...folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) {
    try {
      if ((await stat(folder)).isDirectory()) return folder;
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') continue;
      throw new FaceTriggerError('ERR_FILE_READ', `Could not look into ${folder}`, { cause });
    }
  }
  return null;
}
