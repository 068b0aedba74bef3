import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPeopleFolder, scanPeopleFolder } from '../../src/dataset/people-folder.ts';
import { makeTree } from './photo-tree.ts';

async function peopleOf(...names: string[]): Promise<Record<string, string[]>> {
  const folder = await makeTree(names);
  const people = await readPeopleFolder(folder);
  return Object.fromEntries(
    people.map(({ label, photos }) => [label, photos.map((photo) => relative(folder, photo))]),
  );
}

describe('readPeopleFolder', () => {
  it('takes a folder for each person', async () => {
    expect(
      await peopleOf('Ada Lovelace/10.jpg', 'Ada Lovelace/2.jpg', 'Zoë/deep/er.png', 'Zoë/note.txt'),
    ).toEqual({
      'Ada Lovelace': ['Ada Lovelace/2.jpg', 'Ada Lovelace/10.jpg'],
      Zoë: ['Zoë/deep/er.png'],
    });
  });

  it('takes photos side by side and drops the number at the end of their names', async () => {
    const names = ['Ada.jpg', 'Ada_2.jpg', 'Ada 3.jpg', 'Ada-4.jpg', 'Ada (5).jpg', 'Unit731.jpg', '42.jpg'];
    expect(Object.keys(await peopleOf(...names))).toEqual(['42', 'Ada', 'Unit731']);
    expect((await peopleOf(...names))['Ada']).toHaveLength(5);
  });

  it('joins both layouts and both ways to compose a letter', async () => {
    expect(await peopleOf('Zoe\u0308/1.jpg', 'Zoë.jpg', 'Zoë_2.jpg')).toEqual({
      Zoë: ['Zoë_2.jpg', 'Zoë.jpg', 'Zoe\u0308/1.jpg'],
    });
  });

  it('leaves out the folders of systems, file servers and photo programs and says so', async () => {
    const system = [
      ...['@eaDir/Bob.jpg/SYNOPHOTO_THUMB_M.jpg', '#recycle/old.jpg', '#snapshot/x.jpg', '@Recycle/x.jpg'],
      ...['.@__thumb/x.jpg', '@tmp/x.jpg', '$RECYCLE.BIN/S-1-5/x.jpg', 'System Volume Information/x.jpg'],
      ...[
        'lost+found/x.jpg',
        '__MACOSX/Ada/._1.jpg',
        '.Trash-1000/files/x.jpg',
        'Bob/.picasaoriginals/x.jpg',
      ],
      ...[
        'Catalog Previews.lrdata/A/x.jpg',
        'Photos.photoslibrary/originals/x.jpg',
        'Network Trash Folder/x.jpg',
      ],
      ...['Ada/._1.jpg', 'Ada/Thumbs.db', 'Ada/desktop.ini', 'Ada/.DS_Store'],
    ];
    const folder = await makeTree(['Ada/1.jpg', 'Bob/1.jpg', ...system]);
    const { people, skipped, withoutPhotos } = await scanPeopleFolder(folder);
    expect(people.map(({ label, photos }) => [label, photos.length])).toEqual([
      ['Ada', 1],
      ['Bob', 1],
    ]);
    expect(skipped).toHaveLength(system.length);
    expect(new Set(skipped.map(({ reason }) => reason))).toEqual(new Set(['system']));
    expect(withoutPhotos).toEqual([]);
  });

  it('keeps people whose names begin like those of such folders', async () => {
    const names = [
      '#1 Fan/1.jpg',
      '@ada/1.jpg',
      '$ally/1.jpg',
      '@Recycle Joe/1.jpg',
      'Lost/1.jpg',
      '~Zoë/1.jpg',
    ];
    expect(Object.keys(await peopleOf(...names))).toHaveLength(names.length);
  });

  it('leaves out originals that Picasa kept, and keeps a person called Originals', async () => {
    const folder = await makeTree(['Ada/1.jpg', 'Ada/Originals/1.jpg', 'Ada/.picasa.ini', 'Originals/1.jpg']);
    expect((await readPeopleFolder(folder)).map(({ label, photos }) => [label, photos.length])).toEqual([
      ['Ada', 1],
      ['Originals', 1],
    ]);
  });

  it('names the people of whom there is no photo that can be read, and why', async () => {
    const folder = await makeTree([
      ...[
        'Bob/1.jpg',
        'Ada/1.psd',
        'Cy.xcf',
        'Dan/notes.txt',
        'Eve/.1.HEIC.icloud',
        'film.mp4',
        'readme.txt',
      ],
    ]);
    await mkdir(join(folder, 'Fay'));
    const { people, skipped, withoutPhotos } = await scanPeopleFolder(folder);
    expect(people.map(({ label }) => label)).toEqual(['Bob']);
    expect(withoutPhotos).toEqual(['Ada', 'Cy', 'Dan', 'Eve', 'Fay']);
    expect(skipped.map(({ label, reason }) => [label, reason])).toEqual([
      ['Ada', 'unsupported'],
      ['Cy', 'unsupported'],
      [undefined, 'not-a-picture'],
      ['Eve', 'not-downloaded'],
      [undefined, 'video'],
      [undefined, 'not-a-picture'],
    ]);
  });

  it('says what it left out where there is no photo at all', async () => {
    const folder = await makeTree(['Ada/1.psd', '@eaDir/x.jpg']);
    await expect(readPeopleFolder(folder)).rejects.toMatchObject({
      code: 'ERR_DATASET',
      message: expect.stringMatching(/eaDir: a folder of the system.*1\.psd: a Photoshop document/),
    });
  });

  it('refuses a folder without photos, a file and a place where nothing is', async () => {
    const folder = await makeTree(['empty/readme.txt', 'a.jpg']);
    await expect(readPeopleFolder(join(folder, 'empty'))).rejects.toMatchObject({ code: 'ERR_DATASET' });
    await expect(readPeopleFolder(join(folder, 'a.jpg'))).rejects.toMatchObject({ code: 'ERR_DATASET' });
    await expect(readPeopleFolder(join(folder, 'gone'))).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
    });
  });
});
