import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { FaceTriggerError } from '../../core/errors.ts';
import { throwIfAborted } from '../../core/throw-if-aborted.ts';
import type { PhotoStore, StoredPhoto, StoredPhotoFace } from '../../gallery/stores/photos/photo-store.ts';
import { toShares } from './photo-region.ts';
import type { NamedRegion } from './put-people.ts';
import { type WritePhotoPeopleOptions, type WrittenPeople, writePhotoPeople } from './write-photo-people.ts';

/** Options of {@link writeLibraryPeople}. */
export interface WriteLibraryPeopleOptions extends WritePhotoPeopleOptions {
  /** Only photos under this folder; an absolute path. */
  readonly folder?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A photo's file, and what became of its metadata. */
export interface WrittenPhoto {
  /** Of the photo. */
  readonly path: string;
  readonly people: number;
  /** `null`: see `error`. */
  readonly written: WrittenPeople | null;
  readonly error: FaceTriggerError | null;
}

const PAGE_SIZE = 200;

/**
 * Writes the names of a library's faces into the metadata of its photos: see {@link writePhotoPeople}. Films have no regions
 * and are left out.
 *
 * @returns each file as it is done; files that need nothing are told too
 * @throws FaceTriggerError what the store throws, `ERR_ABORTED`, `ERR_DISK_FULL`; what is wrong with one photo is told with it
 */
export async function* writeLibraryPeople(
  store: PhotoStore,
  { folder, signal, ...options }: WriteLibraryPeopleOptions = {},
): AsyncGenerator<WrittenPhoto> {
  for (let offset = 0; ; offset += PAGE_SIZE) {
    const photos = await store.listPhotos({ limit: PAGE_SIZE, offset, folder });
    const faces = await store.facesOf(photos.map(({ id }) => id));
    const names = await store.peopleByIds([...new Set(faces.flatMap(({ personId }) => personId ?? []))]);
    for (const photo of photos) {
      if (photo.kind === 'film') continue;
      const people = peopleOf(photo, faces, names);
      for (const path of photo.paths) {
        throwIfAborted(signal, 'Writing metadata');
        yield await writeOne(store, { photo, path, people, options });
      }
    }
    if (photos.length < PAGE_SIZE) return;
  }
}

async function writeOne(
  store: PhotoStore,
  {
    photo,
    path,
    people,
    options,
  }: {
    readonly photo: StoredPhoto;
    readonly path: string;
    readonly people: readonly NamedRegion[];
    readonly options: WritePhotoPeopleOptions;
  },
): Promise<WrittenPhoto> {
  try {
    const written = await writePhotoPeople(path, people, options);
    if (written.changed && options.into && !options.dryRun) await keepContent(store, photo, path);
    return { path, people: people.length, written, error: null };
  } catch (error) {
    if (!(error instanceof FaceTriggerError) || error.code === 'ERR_DISK_FULL') throw error;
    return { path, people: people.length, written: null, error };
  }
}

/** The file has another content now: without this, the next scan would take it for another photo. */
async function keepContent(store: PhotoStore, { id }: StoredPhoto, path: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  const sha256 = hash.digest('hex');
  const { size, mtimeMs } = await stat(path);
  await store.transaction(async (rows) => {
    const photo = (await rows.photos([id])).get(id);
    const other = await rows.photoIdOfContent(sha256);
    if (!photo || (other !== null && other !== id)) return;
    const { seq: _seq, paths: _paths, faces: _faces, ...row } = photo;
    await rows.putPhoto({ ...row, sha256 });
    await rows.putFile({ path, photoId: id, size, mtimeMs: Math.floor(mtimeMs) }, await rows.nextScan());
  });
}

function peopleOf(
  photo: StoredPhoto,
  faces: readonly StoredPhotoFace[],
  names: ReadonlyMap<string, string>,
): readonly NamedRegion[] {
  return faces.flatMap(({ photoId, personId, isIgnored, box }) => {
    const name = photoId === photo.id && personId !== null && !isIgnored ? names.get(personId) : undefined;
    return name === undefined ? [] : [{ name, box: toShares(box, photo) }];
  });
}
