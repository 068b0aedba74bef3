import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaceTriggerError } from '../../src/core/errors.ts';
import { parsePairs } from '../../src/dataset/pairs-file.ts';
import { photoResolver } from '../../src/dataset/photo-resolver.ts';
import { describeWithSharedData } from '../shared-data.ts';
import { makeTree } from './photo-tree.ts';

const SMALL = '2\t1\nAnn Lee\t1\t2\nAnn Lee\t3\tBob\t1\nBob\t1\t4\nCy\t1\tBob\t2\n';

describe('parsePairs', () => {
  it('reads both forms of lines and numbers the folds', () => {
    const { folds, pairsPerKind, pairs } = parsePairs(SMALL);
    expect({ folds, pairsPerKind }).toEqual({ folds: 2, pairsPerKind: 1 });
    expect(pairs[0]).toEqual({
      fold: 0,
      same: true,
      first: { person: 'Ann Lee', number: 1 },
      second: { person: 'Ann Lee', number: 2 },
    });
    expect(pairs[3]).toEqual({
      fold: 1,
      same: false,
      first: { person: 'Cy', number: 1 },
      second: { person: 'Bob', number: 2 },
    });
  });

  it('reads a header of one number as one fold, spaces between fields and Windows line ends', () => {
    const { folds, pairs } = parsePairs('\uFEFF1\r\nAnn 1 2\r\nAnn 1 Bob 0003\r\n\r\n');
    expect(folds).toBe(1);
    expect(pairs[1]!.second).toEqual({ person: 'Bob', number: 3 });
  });

  it.each([
    ['', 'Line 1'],
    ['0 5', 'Line 1'],
    ['ten', 'Line 1'],
    ['1\t2\t3', 'Line 1'],
    ['1\nAnn\t1\t2', '2 lines, but 1 follow'],
    ['1\nAnn\t1\t2\nAnn\t1\tAnn\t2', 'Line 3'],
    ['1\nAnn\t1\tBob\t2\nAnn\t1\tBob\t2', 'Line 2'],
    ['1\nAnn\t1\t2\nAnn\t0\tBob\t2', 'Line 3'],
    ['1\nAnn\t1\t2\n..\t1\tBob\t2', 'Line 3'],
    ['1\nAnn\t1\t2\n../etc\t1\tBob\t2', 'Line 3'],
    ['1\nAnn\t1\t2\na\\b\t1\tBob\t2', 'Line 3'],
    ['1\nAnn\t1\t1e9\nCy\t1\tBob\t2', 'Line 2'],
  ])('refuses %j and says where', (text, where) => {
    expect(() => parsePairs(text)).toThrow(where);
  });

  it('answers any text with pairs or with ERR_FILE_FORMAT', () => {
    const lines = fc.array(
      fc.constantFrom('1', '2 1', 'Ann 1 2', 'Ann 1 Bob 2', '\t', '9999999 9999999', 'é\u0000'),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          lines.map((some) => some.join('\n')),
        ),
        (text) => {
          try {
            const { pairs, folds, pairsPerKind } = parsePairs(text);
            expect(pairs.length).toBe(2 * folds * pairsPerKind);
          } catch (error) {
            expect(error).toBeInstanceOf(FaceTriggerError);
            expect((error as FaceTriggerError).code).toBe('ERR_FILE_FORMAT');
          }
        },
      ),
    );
  });
});

describe('photoResolver', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'face-trigger-pairs-'));
    await mkdir(join(folder, 'Ann_Lee'));
    for (const name of [
      'Ann_Lee_0001.jpg',
      'Ann_Lee_2.PNG',
      'Ann_Lee_0003.txt',
      'Ann_Lee_04.jpg',
      'Ann_Lee_4.png',
    ]) {
      await writeFile(join(folder, 'Ann_Lee', name), '');
    }
    await mkdir(join(folder, 'Bob'));
    await writeFile(join(folder, 'Bob', 'Bob_0001.jpg'), '');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('finds any image extension and any count of zeros', async () => {
    const resolve = photoResolver(folder);
    expect(await resolve({ person: 'Bob', number: 1 })).toBe(join(folder, 'Bob', 'Bob_0001.jpg'));
  });

  it('refuses a photo that is there twice, is missing, or lies outside', async () => {
    const resolve = photoResolver(folder);
    await expect(resolve({ person: 'Ann_Lee', number: 1 })).rejects.toMatchObject({ code: 'ERR_DATASET' });
    await expect(resolve({ person: 'Bob', number: 2 })).rejects.toMatchObject({ code: 'ERR_FILE_NOT_FOUND' });
    await expect(resolve({ person: 'Eve', number: 1 })).rejects.toMatchObject({ code: 'ERR_FILE_NOT_FOUND' });
    await expect(resolve({ person: '..', number: 1 })).rejects.toMatchObject({ code: 'ERR_DATASET' });
  });
});

describe('names in different Unicode forms', () => {
  const COMPOSED = 'Zo\u00eb_Nguy\u1ec5n';
  const DECOMPOSED = COMPOSED.normalize('NFD');

  it.each([
    ['composed', COMPOSED, COMPOSED],
    ['decomposed', DECOMPOSED, DECOMPOSED],
    ['one each way', DECOMPOSED, COMPOSED],
  ])('find folders and photos that the disk keeps %s', async (_, place, start) => {
    const folder = await makeTree([`\u00e9/${place}/${start}_0001.jpg`]);
    for (const typed of ['\u00e9', 'e\u0301'].map((name) => join(folder, name))) {
      for (const person of [COMPOSED, DECOMPOSED]) {
        const found = await photoResolver(typed)({ person, number: 1 });
        expect(found).toBe(join(folder, '\u00e9', place, `${start}_0001.jpg`));
      }
    }
  });

  it('make two folders of one person one', async () => {
    const folder = await makeTree([
      `${COMPOSED}/${COMPOSED}_1.jpg`,
      `${DECOMPOSED}/${DECOMPOSED}_2.jpg`,
      `${DECOMPOSED}/${COMPOSED}_3.jpg`,
    ]);
    const resolve = photoResolver(folder);
    for (const number of [1, 2, 3]) {
      expect(await resolve({ person: COMPOSED, number })).toContain(`_${number}.jpg`);
    }
  });

  it('are one person where a pair needs two', () => {
    expect(() => parsePairs(`1\nAnn\t1\t2\n${COMPOSED}\t1\t${DECOMPOSED}\t2`)).toThrow(
      'Line 3 of the pairs file names one person where two are due',
    );
  });
});

describeWithSharedData(
  'the pairs of the shared LFW folds',
  ['lfw-dev/pairs.txt', 'lfw-dev'],
  (file, folder) => {
    it('are 2 folds of 300 + 300 and every photo is there', async () => {
      const { pairs, folds } = parsePairs(readFileSync(file!, 'utf8'));
      expect(folds).toBe(2);
      expect(pairs.filter((pair) => pair.same).length).toBe(600);
      const resolve = photoResolver(folder!);
      const files = new Set<string>();
      for (const pair of pairs)
        for (const photo of [pair.first, pair.second]) files.add(await resolve(photo));
      expect(files.size).toBe(1583);
    });
  },
);
