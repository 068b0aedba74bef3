import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readImageHeader } from '../../../src/node/image/read-image.ts';
import { fromMetadata } from '../../../src/photos/move-in/metadata-folders.ts';
import type { MoveInSource, NamedPhoto } from '../../../src/photos/move-in/move-in-source.ts';
import {
  fromDoubleTake,
  fromFrigate,
  fromPeopleFolders,
} from '../../../src/photos/move-in/people-folders.ts';
import { copyRealPhoto } from '../metadata/turned-photos.ts';
import { digikamSidecar } from '../metadata/xmp-fixtures.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'face-trigger-move-in-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function photosIn(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await copyRealPhoto(join(folder, name));
  }
}

async function namesIn(source: MoveInSource): Promise<Record<string, readonly (string | null)[]>> {
  const photos: NamedPhoto[] = [];
  for await (const photo of source.photos()) photos.push(photo);
  return Object.fromEntries(
    photos.map(({ path, people }) => [relative(folder, path), people.map(({ name }) => name)]),
  );
}

describe('fromPeopleFolders', () => {
  it('names portraits after their folders, and tells of whom there is none', async () => {
    await photosIn('Ada/1.jpg', 'Ada/deep/2.jpg', 'Bob.jpg');
    await mkdir(join(folder, 'Cleo'));
    await writeFile(join(folder, 'Ada', 'notes.txt'), 'hello');
    const source = await fromPeopleFolders(folder);
    expect(await namesIn(source)).toEqual({
      'Ada/1.jpg': ['Ada'],
      'Ada/deep/2.jpg': ['Ada'],
      'Bob.jpg': ['Bob'],
    });
    expect(source.notes).toEqual(['Cleo: there is no photo of this person that can be read']);
    expect(source.skipped.map(({ path }) => relative(folder, path))).toEqual(['Ada/notes.txt']);
  });
});

describe('fromFrigate', () => {
  const FILES = [
    'clips/faces/Ada/Ada-1719855600.123456.webp',
    'clips/faces/train/1719855600.123456-abcdef-1719855601.1-Bob-0.83.webp',
  ];

  it.each(['', 'clips', 'clips/faces'])(
    'takes its people, and none of its guesses, from %j',
    async (below) => {
      await photosIn(...FILES);
      const source = await fromFrigate(join(folder, below));
      expect(await namesIn(source)).toEqual({ [FILES[0]!]: ['Ada'] });
      expect(source.folders).toEqual([join(folder, 'clips/faces')]);
      expect(source.notes).toEqual([
        '1 pictures in train have names that Frigate guessed: they are asked about as nameless faces',
      ]);
    },
  );

  it('says nothing of a train folder that is empty', async () => {
    await photosIn(FILES[0]!);
    await mkdir(join(folder, 'clips/faces/train'));
    expect((await fromFrigate(folder)).notes).toEqual([]);
  });
});

describe('fromDoubleTake', () => {
  it.each(['', '.storage', '.storage/train'])('takes its training pictures from %j', async (below) => {
    await photosIn('.storage/train/Ada/a.jpg', '.storage/matches/b.jpg');
    expect(await namesIn(await fromDoubleTake(join(folder, below)))).toEqual({
      '.storage/train/Ada/a.jpg': ['Ada'],
    });
  });
});

describe('fromMetadata', () => {
  it('gives photos with names in their metadata, and tells of metadata that it cannot use', async () => {
    await photosIn('a.jpg', 'b.jpg', 'below/c.jpg', 'd.jpg');
    await writeFile(
      join(folder, 'below/c.jpg.xmp'),
      digikamSidecar(await readImageHeader(join(folder, 'below/c.jpg'))),
    );
    await writeFile(join(folder, 'b.jpg.xmp'), 'damaged');
    await writeFile(join(folder, 'd.jpg'), 'no picture');
    const notes: [string, string][] = [];
    const source = await fromMetadata(folder, {
      onNote: (path, note) => void notes.push([relative(folder, path), note]),
    });
    expect(await namesIn(source)).toEqual({ 'below/c.jpg': ['Ada Lovelace'] });
    expect(notes).toEqual([
      ['b.jpg', expect.stringContaining('b.jpg.xmp: The XMP cannot be read')],
      ['d.jpg', expect.any(String)],
    ]);
  });
});
