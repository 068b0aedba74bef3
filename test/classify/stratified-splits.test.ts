import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stratifiedKFold, stratifiedShuffleSplits } from '../../src/classify/stratified-splits.ts';
import { readFixture } from './golden-case.ts';

const golden = readFixture('sigmoids-and-folds') as {
  folds: { labels: number[]; folds: number; foldOf: number[] }[];
};

describe('stratifiedKFold', () => {
  for (const [i, { labels, folds, foldOf }] of golden.folds.entries()) {
    it(`allocates label sequence ${i + 1} to ${folds} folds as scikit-learn 1.2.1 does`, () => {
      const actual = new Array<number>(labels.length);
      for (const [fold, { test }] of stratifiedKFold(labels, folds).entries()) {
        for (const row of test) actual[row] = fold;
      }
      expect(actual).toEqual(foldOf);
    });
  }

  it('names who has too few samples', () => {
    expect(() => stratifiedKFold([0, 0, 0, 7, 7], 3)).toThrow(
      'Expected at least 3 samples of every person for labels but received "label 7 has 2"',
    );
  });
});

describe('stratifiedShuffleSplits', () => {
  it('tests someone of everybody, keeps enough to learn from, and never both at once', () => {
    const people = fc.array(fc.integer({ min: 3, max: 12 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(people, fc.integer({ min: 0, max: 1000 }), (counts, seed) => {
        const labels = counts.flatMap((count, label) => new Array<number>(count).fill(label));
        for (const { train, test } of stratifiedShuffleSplits(labels, { seed })) {
          expect([...train, ...test].sort((a, b) => a - b)).toEqual(labels.map((_, i) => i));
          for (const label of counts.keys()) {
            expect(test.filter((row) => labels[row] === label).length).toBeGreaterThanOrEqual(1);
            expect(train.filter((row) => labels[row] === label).length).toBeGreaterThanOrEqual(2);
          }
        }
      }),
    );
  });

  it('repeats itself for a seed and differs for another', () => {
    const labels = Array.from({ length: 40 }, (_, i) => i % 4);
    expect(stratifiedShuffleSplits(labels, { seed: 3 })).toEqual(
      stratifiedShuffleSplits(labels, { seed: 3 }),
    );
    expect(stratifiedShuffleSplits(labels, { seed: 3 })).not.toEqual(
      stratifiedShuffleSplits(labels, { seed: 4 }),
    );
  });
});
