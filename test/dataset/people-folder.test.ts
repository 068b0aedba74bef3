import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPeopleFolder } from '../../src/dataset/people-folder.ts';
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

  it('refuses a folder without photos, a file and a place where nothing is', async () => {
    const folder = await makeTree(['empty/readme.txt', 'a.jpg']);
    await expect(readPeopleFolder(join(folder, 'empty'))).rejects.toMatchObject({ code: 'ERR_DATASET' });
    await expect(readPeopleFolder(join(folder, 'a.jpg'))).rejects.toMatchObject({ code: 'ERR_DATASET' });
    await expect(readPeopleFolder(join(folder, 'gone'))).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
    });
  });
});
