import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pathOnDisk } from '../../../src/node/files/path-on-disk.ts';
import { readFileWithin } from '../../../src/node/files/read-file-within.ts';
import { makeTree } from '../../dataset/photo-tree.ts';

const COMPOSED = 'Jos\u00e9/Zo\u00eb.txt';
const DECOMPOSED = COMPOSED.normalize('NFD');

describe('pathOnDisk', () => {
  it.each([
    ['composed', COMPOSED],
    ['decomposed', DECOMPOSED],
    ['in both forms', 'Jose\u0301/Zo\u00eb.txt'],
  ])('finds names that the disk keeps %s, whichever form is asked for', async (_, kept) => {
    const folder = await makeTree([kept]);
    for (const asked of [COMPOSED, DECOMPOSED, 'Jos\u00e9/Zoe\u0308.txt']) {
      expect(await pathOnDisk(join(folder, asked))).toBe(join(folder, kept));
      expect(await readFileWithin(join(folder, asked), { maxBytes: 10 })).toEqual(Buffer.from('x'));
    }
  });

  it('prefers the very name where the disk has both forms', async () => {
    const folder = await makeTree(['\u00e9.txt']);
    await writeFile(join(folder, 'e\u0301.txt'), 'other');
    if ((await readdir(folder)).length === 1) return; // This disk takes both for one name.
    for (const name of ['\u00e9.txt', 'e\u0301.txt']) {
      expect(await pathOnDisk(join(folder, name))).toBe(join(folder, name));
    }
  });

  it('leaves a path that leads nowhere as it is', async () => {
    const folder = await makeTree([]);
    await mkdir(join(folder, 'e'));
    for (const path of [
      join(folder, '\u00e9'),
      join(folder, '\u00e9', 'e\u0301'),
      '\u00e9',
      '/\u00e9/x',
      '',
      '/',
    ]) {
      expect(await pathOnDisk(path)).toBe(path);
    }
  });
});
