import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readImage } from '../../src/node/image/read-image.ts';
import { jsonLines, photoFolder, runCli, sideBySide } from '../cli/run-cli.ts';

describe('face-trigger dataset', () => {
  const people = async () =>
    photoFolder({
      'photos/audrey/1.jpg': 'audrey.jpg',
      'photos/audrey/two.png': await sideBySide('audrey.jpg', 'cage.jpg'),
      'photos/audrey/broken.jpg': new Uint8Array([1, 2, 3]),
      'photos/cage/1.jpg': 'cage.jpg',
      'photos/cage/copy.jpg': 'cage.jpg',
    });

  it('filters to photos with exactly one face, says why for the rest and renames what was there', async () => {
    const folder = await people();
    const out = join(folder, 'out');
    await mkdir(out);
    await writeFile(join(out, 'mine.txt'), 'keep');
    const run = await runCli(['dataset', 'filter', join(folder, 'photos'), '--out', out, '--json']);
    expect(run.status).toBe(0);
    const result = JSON.parse(run.stdout) as { rejected: { photo: string; reason: string }[] };
    expect(result).toMatchObject({ photos: 5, kept: 3, moved: `${out}.1` });
    expect(result.rejected.map(({ reason }) => reason).sort()).toEqual(['several-faces', 'unreadable']);
    expect((await readdir(out, { recursive: true })).filter((name) => name.includes('.')).sort()).toEqual(
      ['audrey/1.jpg', 'cage/1.jpg', 'cage/copy.jpg'].map((name) => join(name)),
    );
    expect(await readFile(join(out, 'cage/1.jpg'))).toEqual(
      await readFile(join(folder, 'photos/cage/1.jpg')),
    );
    expect(await readFile(join(`${out}.1`, 'mine.txt'), 'utf8')).toBe('keep');
    const inside = await runCli([
      'dataset',
      'filter',
      join(folder, 'photos'),
      '--out',
      join(folder, 'photos', 'out'),
    ]);
    expect(inside).toMatchObject({ status: 2, stderr: expect.stringContaining('lie apart') });
  });

  it('writes aligned faces', async () => {
    const folder = await people();
    const out = join(folder, 'faces');
    const run = await runCli(['dataset', 'normalize', join(folder, 'photos'), '--out', out]);
    expect(run).toMatchObject({ status: 0, stdout: expect.stringContaining('audrey: 1 of 3 kept') });
    expect(await readImage(join(out, 'audrey', '1.png'))).toMatchObject({
      width: 150,
      height: 150,
      channels: 3,
    });
  });

  it('splits, the same for the same seed', async () => {
    const folder = await people();
    const split = (name: string, ...more: string[]) =>
      runCli([
        'dataset',
        'split',
        join(folder, 'photos'),
        '--train-images',
        '1',
        '--out',
        join(folder, name),
        ...more,
      ]);
    expect(await split('a', '--seed', '5')).toMatchObject({ status: 0 });
    await split('b', '--seed', '5');
    for (const fold of ['0', '1', '2']) {
      const train = await readFile(join(folder, 'a', '1', fold, 'train.csv'), 'utf8');
      expect(train).toMatch(/^audrey,audrey\/[^,]+\ncage,cage\/[^,]+\n$/);
      expect(await readFile(join(folder, 'b', '1', fold, 'train.csv'), 'utf8')).toBe(train);
    }
    expect(await split('c', '--train-images', '1,x')).toMatchObject({ status: 2 });
    expect(await split('c', '--train-images', '9')).toMatchObject({ status: 5 });
  });

  it('flags copies, broken files and photos of several people', async () => {
    const folder = await people();
    const run = await runCli(['dataset', 'check', join(folder, 'photos'), '--json']);
    expect(run.status).toBe(0);
    const problems = jsonLines<{ kind: string; photo: string; other?: { photo: string } }>(run);
    const of = (kind: string) =>
      problems.filter((problem) => problem.kind === kind).map(({ photo }) => photo);
    expect(of('near-duplicate')).toEqual([join(folder, 'photos/cage/copy.jpg')]);
    expect(of('unreadable')).toEqual([join(folder, 'photos/audrey/broken.jpg')]);
    expect(of('several-faces')).toEqual([join(folder, 'photos/audrey/two.png')]);
    expect(of('mislabeled')).toEqual([]);
  });
});
