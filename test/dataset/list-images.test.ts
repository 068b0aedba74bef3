import { symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listImages } from '../../src/dataset/list-images.ts';
import { makeTree } from './photo-tree.ts';

async function namesOf(inputs: readonly string[], exclude: readonly string[] = []): Promise<string[]> {
  const { images } = await listImages(inputs, { exclude });
  return images.map(({ name, error }) => error?.code ?? name);
}

describe('listImages', () => {
  it('searches a folder to the bottom for pictures, in the order people count', async () => {
    const folder = await makeTree([
      'b10.jpg',
      'b2.JPG',
      'a b/é.png',
      'notes.txt',
      '.hidden.jpg',
      '.git/x.jpg',
    ]);
    expect(await namesOf([folder])).toEqual(['a b/é.png', 'b2.JPG', 'b10.jpg']);
  });

  it('takes a named file whatever its extension', async () => {
    const folder = await makeTree(['photo.dat', '.hidden.jpg']);
    expect(await namesOf([join(folder, 'photo.dat'), join(folder, '.hidden.jpg')])).toEqual([
      'photo.dat',
      '.hidden.jpg',
    ]);
  });

  it('matches globs from their first wild part on and leaves other kinds of files out', async () => {
    const folder = await makeTree(['in/x/2.jpg', 'in/x/10.jpg', 'in/y/1.png', 'in/y/1.txt']);
    expect(await namesOf([`${folder}/in/**/*`])).toEqual(['x/2.jpg', 'x/10.jpg', 'y/1.png']);
    expect(await namesOf([`${folder}/in/x/*.jpg`])).toEqual(['2.jpg', '10.jpg']);
  });

  it.each(['NFC', 'NFD'] as const)(
    'finds names that the disk keeps in %s, whichever form is typed',
    async (kept) => {
      const names = ['Jos\u00e9/Zo\u00eb/1.jpg', 'Jos\u00e9/\u00c5.png'].map((name) => name.normalize(kept));
      const folder = await makeTree(names);
      const photo = 'Zo\u00eb/1.jpg'.normalize(kept);
      for (const typed of ['NFC', 'NFD'] as const) {
        const listed = (path: string) => namesOf([`${folder}/${path.normalize(typed)}`]);
        expect(await listed('Jos\u00e9')).toHaveLength(2);
        expect(await listed('Jos\u00e9/Zo\u00eb/1.jpg')).toEqual(['1.jpg']);
        expect(await listed('Jos\u00e9/Zo\u00eb/*.jpg')).toEqual(['1.jpg']);
        expect(await listed('Jos\u00e9/Z*\u00eb/*.jpg')).toEqual([photo]);
        expect(await listed('J*\u00e9/\u00c5.png')).toHaveLength(1);
      }
    },
  );

  it('takes an existing file with signs of a pattern in its name as that file', async () => {
    const folder = await makeTree(['photo[1].jpg', 'photo1.jpg']);
    expect(await namesOf([join(folder, 'photo[1].jpg')])).toEqual(['photo[1].jpg']);
  });

  it('lists a file once, at its first place', async () => {
    const folder = await makeTree(['a.jpg', 'b.jpg']);
    expect(await namesOf([join(folder, 'b.jpg'), folder, `${folder}/*.jpg`])).toEqual(['b.jpg', 'a.jpg']);
  });

  it('answers an input that leads to nothing with an error in its place', async () => {
    const folder = await makeTree(['a.jpg', 'empty/readme.txt']);
    const inputs = [
      join(folder, 'gone.jpg'),
      join(folder, 'empty'),
      `${folder}/*.png`,
      '',
      join(folder, 'a.jpg'),
    ];
    expect(await namesOf(inputs)).toEqual([...Array(4).fill('ERR_FILE_NOT_FOUND'), 'a.jpg']);
  });

  it('does not enter excluded folders, by walking or by globs', async () => {
    const folder = await makeTree(['a.jpg', 'out/a.jpg', 'out2/b.jpg']);
    expect(await namesOf([folder], [join(folder, 'out')])).toEqual(['a.jpg', 'out2/b.jpg']);
    expect(await namesOf([`${folder}/**/*.jpg`], [join(folder, 'out')])).toEqual(['a.jpg', 'out2/b.jpg']);
  });

  it('tells what it leaves out of a folder, and of what a pattern matches', async () => {
    const folder = await makeTree([
      'a.jpg',
      'b.PSD',
      'clip.MOV',
      '@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg',
      'c.txt',
    ]);
    const told = async (input: string) => {
      const { skipped } = await listImages([input]);
      return skipped.map(({ path, reason }) => `${relative(folder, path)}: ${reason}`);
    };
    const all = ['@eaDir: system', 'b.PSD: unsupported', 'c.txt: not-a-picture', 'clip.MOV: video'];
    expect((await told(folder)).sort()).toEqual(all);
    expect((await told(`${folder}/**/*`)).sort()).toEqual(all);
    expect(await told(`${folder}/*.jpg`)).toEqual([]);
  });

  it('says what lies in a folder without pictures', async () => {
    const folder = await makeTree(['1.psd', '2.psd']);
    const { images } = await listImages([folder]);
    expect(images[0]!.error!.message).toMatch(/no pictures .* left out 2, each a Photoshop document/);
  });

  it('reads what is named beside a folder that leaves it out', async () => {
    const folder = await makeTree(['a.jpg', '@eaDir/b.jpg', 'c.psd']);
    const { images, skipped } = await listImages([folder, join(folder, '@eaDir'), join(folder, 'c.psd')]);
    expect(images.map(({ name }) => name)).toEqual(['a.jpg', 'b.jpg', 'c.psd']);
    expect(skipped.map(({ reason }) => reason)).toEqual(['system']);
  });

  it('ends in a folder that links to itself, and skips links that lead nowhere', async () => {
    const folder = await makeTree(['in/a.jpg']);
    await symlink(folder, join(folder, 'in/loop'));
    await symlink(join(folder, 'gone.jpg'), join(folder, 'in/dead.jpg'));
    expect(await namesOf([folder])).toEqual(['in/a.jpg']);
  });
});
