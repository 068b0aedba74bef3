import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FaceTriggerError } from '../../core/errors.ts';
import { personOfPhoto } from '../../dataset/people-folder.ts';
import { photosOfPeople } from '../../dataset/photos-of-people.ts';
import type { SkippedFile } from '../../dataset/skipped-file.ts';
import { type GalleryAddress, galleryAddress } from '../../gallery/gallery-address.ts';
import { databaseIdentity } from '../../gallery/stores/postgres/database-identity.ts';
import { PostgresDatabase } from '../../gallery/stores/postgres/postgres-database.ts';
import { localPath } from '../../node/files/local-path.ts';
import { pathOnDisk } from '../../node/files/path-on-disk.ts';
import { makeUnpackedFolder } from '../../node/files/unpacked-folder.ts';
import type { NewTask } from '../job-queue.ts';
import type { EnrollData } from '../kinds/task-schemas.ts';
import { isArchiveName, type UnpackedPhoto, unpackArchive } from './archive/unpack-archive.ts';
import { sourceOf, tasksOfFiles } from './plan-photos.ts';
import { readUrlList, tasksOfUrls } from './read-url-list.ts';
import { unpackedOfDatabases } from './unpacked-of-databases.ts';

/** What is to be enrolled, and how. */
export interface PlanEnrollmentOptions {
  /** Whom all photos show. @defaultValue what folders and files are called */
  readonly name?: string | undefined;
  /** Files with lists of addresses. */
  readonly urls: readonly string[];
  /** The gallery's address. */
  readonly gallery: string;
  /** Folder in which archives are unpacked. @defaultValue beside the gallery's file, else in the user's data folder */
  readonly unpackTo?: string | undefined;
  /** Bytes of what an archive holds. */
  readonly maxUnpackedBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** What a job of enrollment will do. */
export interface EnrollmentPlan {
  /** One for each photo. */
  readonly tasks: readonly NewTask[];
  /** How many people the photos show. */
  readonly people: number;
  readonly skipped: readonly SkippedFile[];
  /** People whose folder has no photo that can be read. */
  readonly withoutPhotos: readonly string[];
  /** Folder with what was unpacked; `null`: nothing was. */
  readonly unpacked: string | null;
  /** Removes what was unpacked, where no job comes of it. */
  readonly discard: () => Promise<void>;
}

/**
 * Finds out which photos a job has to enroll; archives are checked and unpacked.
 *
 * @param inputs - folders of people, archives of such folders; with a name also photos
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` where there is nothing, `ERR_DATASET`, `ERR_FILE_FORMAT` for archives
 * and lists that cannot be trusted or read; nothing is left behind then
 */
export async function planEnrollment(
  inputs: readonly string[],
  options: PlanEnrollmentOptions,
): Promise<EnrollmentPlan> {
  const { name, urls } = options;
  if (inputs.length + urls.length === 0)
    throw new FaceTriggerError(
      'ERR_INVALID_ARGUMENT',
      'Expected folders, archives or lists of addresses (--urls)',
    );
  const archives = inputs.filter(isArchiveName);
  const others = inputs.filter((input) => !isArchiveName(input));
  const files =
    others.length > 0 ? await photosOfPeople(others, name) : { photos: [], skipped: [], withoutPhotos: [] };
  const fromUrls: NewTask[] = [];
  for (const list of urls) fromUrls.push(...tasksOfUrls(await readUrlList(list), name));
  const unpacked = archives.length > 0 ? await newFolder(options) : null;
  const discard = async (): Promise<void> => {
    if (unpacked !== null) await rm(unpacked, { recursive: true, force: true });
  };
  try {
    const fromArchives: NewTask[] = [];
    const skipped = [...files.skipped];
    for (const archive of archives) {
      const found = await unpack(archive, unpacked!, options);
      fromArchives.push(...found.tasks);
      skipped.push(...found.skipped);
    }
    const tasks = [...tasksOfFiles(files.photos), ...fromArchives, ...fromUrls];
    const people = new Set(tasks.map(({ data }) => (data as EnrollData).person)).size;
    return { tasks, people, skipped, withoutPhotos: files.withoutPhotos, unpacked, discard };
  } catch (error) {
    await discard();
    throw error;
  }
}

async function unpack(
  input: string,
  folder: string,
  { name, maxUnpackedBytes, signal }: PlanEnrollmentOptions,
): Promise<{ readonly tasks: readonly NewTask[]; readonly skipped: readonly SkippedFile[] }> {
  const archive = await pathOnDisk(localPath(input));
  const limits = { maxBytes: maxUnpackedBytes };
  const { photos, skipped } = await unpackArchive(archive, { folder, limits, signal });
  if (photos.length === 0)
    throw new FaceTriggerError('ERR_DATASET', `There are no photos in ${archive} that can be read`);
  const base = commonFolder(photos);
  return {
    skipped,
    tasks: photos.map((photo) => {
      const person = name ?? personOfPhoto(photo.name.slice(base));
      return {
        what: `${archive}:${photo.name}`,
        data: { person, file: photo.path, source: sourceOf(photo.name) } satisfies EnrollData,
      };
    }),
  };
}

/**
 * Length of the outer folder that programs put around what they pack: one in which all photos are, each in a folder of
 * its own below it. In `Ada/1.jpg` the folder is the person.
 */
function commonFolder(photos: readonly UnpackedPhoto[]): number {
  const first = photos[0]!.name.split('/')[0]!;
  const isAround = photos.every(({ name }) => {
    const parts = name.split('/');
    return parts[0] === first && parts.length >= 3;
  });
  return isAround ? first.length + 1 : 0;
}

async function newFolder({ gallery, unpackTo }: PlanEnrollmentOptions): Promise<string> {
  const address = galleryAddress(gallery);
  const beside =
    address.kind === 'sqlite'
      ? `${await pathOnDisk(localPath(address.path))}.unpacked`
      : unpackedOfDatabases();
  return makeUnpackedFolder(resolve(unpackTo ?? beside), await ownerOf(address));
}

/** Databases share a folder: what is left over of one is no business of the others. */
async function ownerOf(address: GalleryAddress): Promise<string | null> {
  if (address.kind !== 'postgres') return null;
  await using database = await PostgresDatabase.open(address);
  return await databaseIdentity(database);
}
