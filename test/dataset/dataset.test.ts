import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resizeImage } from '../../src/core/image/resize-image.ts';
import { createRandom } from '../../src/core/random/random.ts';
import { formatCsv, parseCsv } from '../../src/dataset/csv.ts';
import { Dataset } from '../../src/dataset/dataset.ts';
import { type CheckedPhoto, findProblems } from '../../src/dataset/find-problems.ts';
import { hashDifference, perceptualHash } from '../../src/dataset/perceptual-hash.ts';
import { setAside } from '../../src/dataset/set-aside.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'face-trigger-dataset-'));
});
afterEach(() => rm(folder, { recursive: true }));

const people = (count: number, photos: number) =>
  new Dataset(
    Array.from({ length: count }, (_, p) => ({
      label: `person ${p}`,
      photos: Array.from({ length: photos }, (_, i) => join(folder, `p${p}`, `${i}, "x".jpg`)),
    })),
  );

describe('CSV', () => {
  it('brings every field back', () => {
    const field = fc.string().filter((text) => !text.includes('\uFEFF'));
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 2 })), (rows) => {
        expect(parseCsv(formatCsv(rows))).toEqual(rows);
      }),
    );
  });

  it('reads what Python and spreadsheets write', () => {
    expect(parseCsv('\uFEFFAnn, a.jpg,"b, c.jpg"\r\n\r\nBob,"d ""e"".jpg"')).toEqual([
      ['Ann', 'a.jpg', 'b, c.jpg'],
      ['Bob', 'd "e".jpg'],
    ]);
    expect(() => parseCsv('a,b\nc,"d')).toThrow(/Line 2/);
    expect(() => parseCsv('a,"b"c')).toThrow(/Line 1/);
  });
});

describe('Dataset', () => {
  it('divides into k training photos and the rest, the same for the same seed', () => {
    const dataset = people(5, 6);
    const splits = dataset.split({ trainImages: [2, 4], folds: 3, seed: 7 });
    expect(splits.map(({ trainImages, fold }) => [trainImages, fold])).toEqual([
      [2, 0],
      [2, 1],
      [2, 2],
      [4, 0],
      [4, 1],
      [4, 2],
    ]);
    for (const { trainImages, train, test } of splits) {
      for (const [i, person] of dataset.people.entries()) {
        expect(train.people[i]!.photos.length).toBe(trainImages);
        expect([...train.people[i]!.photos, ...test.people[i]!.photos].sort()).toEqual(
          [...person.photos].sort(),
        );
      }
    }
    expect(dataset.split({ trainImages: [2, 4], folds: 3, seed: 7 })).toEqual(splits);
    expect(dataset.split({ trainImages: [2, 4], folds: 3, seed: 8 })).not.toEqual(splits);
  });

  it('leaves out people without a photo to test with, and says so', () => {
    const mixed = new Dataset([...people(1, 3).people, { label: 'few', photos: ['a.jpg', 'b.jpg'] }]);
    const [split] = mixed.split({ trainImages: [2], folds: 1 });
    expect(split!.leftOut).toEqual(['few']);
    expect(() => mixed.split({ trainImages: [3] })).toThrow(/more than 3/);
    expect(() => mixed.split({ trainImages: [0] })).toThrow(/>= 1/);
  });

  it('saves divisions as train.csv and test.csv and loads them again', async () => {
    const splits = people(3, 4).split({ trainImages: [1], folds: 2 });
    const out = join(folder, 'split');
    expect(await Dataset.saveSplits(splits, out, { root: folder })).toBeNull();
    expect(await readFile(join(out, '1', '0', 'train.csv'), 'utf8')).toMatch(
      /^person 0,"p0\/\d, ""x"".jpg"\n/,
    );
    const loaded = await Dataset.load(join(out, '1', '1', 'test.csv'), { root: folder });
    expect(loaded).toEqual(splits[1]!.test);
    expect(loaded.size).toBe(9);
  });

  it('takes a name in two Unicode forms for one person, in a file and from a program', async () => {
    const file = join(folder, 'train.csv');
    await writeFile(file, 'Jos\u00e9, a.jpg\nAda, b.jpg\nJose\u0301 , c.jpg\n');
    expect((await Dataset.load(file)).people).toEqual([
      { label: 'Jos\u00e9', photos: ['a.jpg', 'c.jpg'] },
      { label: 'Ada', photos: ['b.jpg'] },
    ]);
    const twice = ['Jos\u00e9', 'Jose\u0301'].map((label) => ({ label, photos: [`${label}.jpg`] }));
    expect(new Dataset(twice).people).toHaveLength(1);
  });

  it('refuses a file in another encoding, whose names would be other names', async () => {
    const file = join(folder, 'train.csv');
    await writeFile(file, Buffer.from('Jos\u00e9, a.jpg\n', 'latin1'));
    await expect(Dataset.load(file)).rejects.toMatchObject({
      code: 'ERR_FILE_FORMAT',
      message: expect.stringContaining('save it as UTF-8'),
    });
  });

  it('renames an existing output folder and overwrites nothing', async () => {
    const splits = people(2, 2).split({ trainImages: [1], folds: 1 });
    const out = join(folder, 'split');
    await mkdir(out);
    await writeFile(join(out, 'mine.txt'), 'keep');
    expect(await Dataset.saveSplits(splits, out, { root: folder })).toBe(`${out}.1`);
    expect(await Dataset.saveSplits(splits, `${out}/`, { root: folder })).toBe(`${out}.2`);
    expect(await readFile(join(`${out}.1`, 'mine.txt'), 'utf8')).toBe('keep');
    expect(await readdir(`${out}.2`)).toEqual(['1']);
    expect(await setAside(join(folder, 'new'))).toBeNull();
  });

  it('refuses files that lie outside the photos, going out and coming in', async () => {
    const splits = people(1, 2).split({ trainImages: [1], folds: 1 });
    await expect(
      Dataset.saveSplits(splits, join(folder, 'o'), { root: join(folder, 'p9') }),
    ).rejects.toMatchObject({
      code: 'ERR_DATASET',
    });
    for (const bad of ['../x.jpg', '/etc/passwd', 'C:\\x', 'a/../../b.jpg', '..\\x']) {
      await writeFile(join(folder, 'bad.csv'), formatCsv([['Ann', bad]]));
      await expect(Dataset.load(join(folder, 'bad.csv'))).rejects.toMatchObject({ code: 'ERR_DATASET' });
    }
    await writeFile(join(folder, 'bad.csv'), 'Ann\n');
    await expect(Dataset.load(join(folder, 'bad.csv'))).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    await expect(Dataset.load(join(folder, 'none.csv'))).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
    });
  });
});

describe('perceptualHash', () => {
  const noise = (seed: number) => {
    const random = createRandom(seed);
    const coarse = {
      data: Uint8Array.from({ length: 100 }, () => random.int(256)),
      width: 10,
      height: 10,
      channels: 1 as const,
    };
    return resizeImage(coarse, { width: 120, height: 90 });
  };

  it('hardly changes when a picture is scaled or brightened and differs between pictures', () => {
    const picture = noise(1);
    const brighter = { ...picture, data: picture.data.map((value) => Math.min(255, value + 12)) };
    const hash = perceptualHash(picture);
    expect(hashDifference(hash, hash)).toBe(0);
    expect(
      hashDifference(hash, perceptualHash(resizeImage(picture, { width: 71, height: 53 }))),
    ).toBeLessThan(4);
    expect(hashDifference(hash, perceptualHash(brighter))).toBeLessThan(4);
    expect(hashDifference(hash, perceptualHash(noise(2)))).toBeGreaterThan(15);
    expect(hashDifference(0n, 2n ** 64n - 1n)).toBe(64);
  });
});

describe('findProblems', () => {
  const good = {
    score: 1,
    sharpness: 300,
    brightness: 120,
    contrast: 40,
    eyeDistance: 80,
    pose: { roll: 0, yaw: 0, pitch: 0 },
  };
  let serial = 0;
  const photo = (
    label: string,
    x: number,
    change: Partial<CheckedPhoto> = {},
    quality = {},
  ): CheckedPhoto => ({
    label,
    photo: `${label}/${serial++}.jpg`,
    hash: (BigInt(serial) * 0x9e3779b97f4a7c15n) & (2n ** 64n - 1n),
    faces: [{ embedding: Float32Array.of(x), quality: { ...good, ...quality } }],
    ...change,
  });
  const kinds = (photos: readonly CheckedPhoto[]) => findProblems(photos).map(({ kind }) => kind);

  it('finds nothing wrong with good photos', () => {
    expect(kinds([photo('Ann', 0), photo('Ann', 0.3), photo('Bob', 1), photo('Bob', 1.3)])).toEqual([]);
  });

  it('names a face that is nearer to another person than to its own', () => {
    const photos = [
      photo('Ann', 0),
      photo('Ann', 0.3),
      photo('Ann', 1.5),
      photo('Bob', 1),
      photo('Bob', 1.3),
    ];
    const [problem, ...more] = findProblems(photos);
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ kind: 'mislabeled', photo: photos[2]!.photo, other: { label: 'Bob' } });
    expect(problem!.message).toContain('nearer to Bob (0.200) than to Ann (1.200)');
  });

  it('finds copies by their looks and their face, not by one of them', () => {
    const first = photo('Ann', 0, { hash: 5n });
    expect(kinds([first, photo('Ann', 0.1, { hash: 4n }), photo('Bob', 3)])).toEqual(['near-duplicate']);
    expect(kinds([first, photo('Ann', 0.5, { hash: 5n }), photo('Bob', 3)])).toEqual([]);
    expect(kinds([first, photo('Ann', 0.1, { hash: 0xffffn << 20n }), photo('Bob', 3)])).toEqual([]);
  });

  it('names what is wrong with each photo', () => {
    const face = { embedding: Float32Array.of(9), quality: good };
    expect(kinds([photo('Ann', 0, { faces: null, hash: null, error: 'cut' })])).toEqual(['unreadable']);
    expect(kinds([photo('Ann', 0, { faces: [] })])).toEqual(['no-face']);
    expect(kinds([photo('Ann', 0, { faces: [face, face] })])).toEqual(['several-faces']);
    expect(kinds([photo('Ann', 0, {}, { sharpness: 5, eyeDistance: 10, brightness: 20 })])).toEqual([
      'blurred',
      'tiny',
      'dark',
    ]);
    expect(kinds([photo('Ann', 0, {}, { brightness: 240, pose: { roll: 0, yaw: -0.5, pitch: 0 } })])).toEqual(
      ['overexposed', 'extreme-pose'],
    );
  });
});
