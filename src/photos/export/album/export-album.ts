import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { PhotoReads } from '../../../gallery/stores/photos/photo-store.ts';
import { writeFailure } from '../../../node/files/write-failure.ts';
import type { FoundPhoto } from '../../find/find-photos.ts';
import { ExportFolder } from '../export-folder.ts';
import { indexPage, personPage, photoPage } from './album-pages.ts';
import { albumPictures } from './album-pictures.ts';
import { ALBUM_STYLE } from './album-style.ts';
import type { AlbumPerson, AlbumPhoto } from './album-types.ts';

/** What {@link exportAlbum} wrote. */
export interface ExportedAlbum {
  /** The page to open. */
  readonly index: string;
  readonly photos: number;
  readonly people: number;
  /** Photos of which no file is left that has the content which was scanned: their paths, as far as they are known. */
  readonly withoutPicture: readonly string[];
}

type Write = (path: string, data: string | Uint8Array) => Promise<void>;

/** People by their ids, each with a page of a number: no name becomes a path. */
type People = Map<string, AlbumPerson & { readonly photos: AlbumPhoto[] }>;

/**
 * Writes pages that open in any browser without a network: everybody, each person over time, two people together, and
 * each photo with its faces. Nothing in them runs.
 *
 * @throws FaceTriggerError `ERR_CONFLICT`, `ERR_FILE_WRITE`
 */
export async function exportAlbum(
  store: Pick<PhotoReads, 'findThumbnail'>,
  photos: AsyncIterable<FoundPhoto>,
  folder: string,
  { title, signal }: { readonly title: string; readonly signal?: AbortSignal | undefined },
): Promise<ExportedAlbum> {
  const target = await ExportFolder.open(folder);
  const write: Write = async (path, data) => {
    const place = await target.place(...path.split('/'));
    await writeFile(place, data, { flag: 'wx' }).catch((cause: unknown) => {
      throw writeFailure(place, cause);
    });
  };
  const all: AlbumPhoto[] = [];
  const withoutPicture: string[] = [];
  const people: People = new Map();
  for await (const photo of photos) {
    const number = all.length + 1;
    const made = await albumPictures(store, photo, signal);
    const picture = made && { small: `small/${number}.jpg`, large: `large/${number}.jpg` };
    if (made && picture) {
      await write(picture.small, made.small);
      await write(picture.large, made.large);
    }
    if (made === null) withoutPicture.push(photo.paths[0] ?? photo.id);
    const one = describePhoto(photo, { number, picture, people });
    await write(one.page, photoPage(one));
    all.push(one);
    for (const { id } of one.people) people.get(id)!.photos.push(one);
  }
  const listed = [...people.values()].sort((a, b) => b.photos.length - a.photos.length);
  for (const person of listed) await writePerson(person, people, write);
  await write(ALBUM_STYLE.name, ALBUM_STYLE.text);
  // Last: where it is, the album is whole.
  await write('index.html', indexPage(title, listed, all));
  return {
    index: join(target.path, 'index.html'),
    photos: all.length,
    people: listed.length,
    withoutPicture,
  };
}

function describePhoto(
  { kind, width, height, takenAt, paths, people: shown }: FoundPhoto,
  {
    number,
    picture,
    people,
  }: { readonly number: number; readonly picture: AlbumPhoto['picture']; readonly people: People },
): AlbumPhoto {
  return {
    ...{ page: `photos/${number}.html`, picture, name: basename(paths[0] ?? ''), width, height },
    day: takenAt?.toISOString().slice(0, 10) ?? null,
    people: shown.map(({ id, name, faces }) => {
      const person = people.get(id) ?? { id, name, page: `people/${people.size + 1}.html`, photos: [] };
      people.set(id, person);
      // A film is shown by a face in it, not by a frame.
      return { id, name, page: person.page, boxes: kind === 'film' ? [] : faces.map(({ box }) => box) };
    }),
  };
}

async function writePerson(person: AlbumPerson, people: People, write: Write): Promise<void> {
  const together = new Map<string, AlbumPhoto[]>();
  for (const photo of person.photos)
    for (const { id } of photo.people)
      if (id !== person.id) together.set(id, [...(together.get(id) ?? []), photo]);
  const others = [...together].map(([id, photos]) => {
    const other = people.get(id)!;
    return { page: pairPage(person, other), name: other.name, count: photos.length, photos, other };
  });
  others.sort((a, b) => b.count - a.count);
  await write(person.page, personPage(person.name, person.photos, others));
  for (const { page, other, photos } of others)
    if (person.page < other.page)
      await write(page, personPage(`${person.name} and ${other.name}`, photos, []));
}

/** The page of two people, the same whoever is asked first. */
function pairPage(a: AlbumPerson, b: AlbumPerson): string {
  const numbers = [a, b].map(({ page }) => basename(page, '.html'));
  if (a.page > b.page) numbers.reverse();
  return `together/${numbers.join('-')}.html`;
}
