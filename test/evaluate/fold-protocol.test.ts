import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestThreshold, crossValidateThreshold, type ScoredPair } from '../../src/evaluate/fold-protocol.ts';

const pair = (fold: number, same: boolean, distance: number | null): ScoredPair => ({ fold, same, distance });

describe('bestThreshold', () => {
  it('lies midway between the last accepted and the first rejected distance', () => {
    expect(bestThreshold([pair(0, true, 0.2), pair(0, true, 0.4), pair(0, false, 0.8)])).toBeCloseTo(0.6);
  });

  it('decides at least as many pairs rightly as any observed distance would', () => {
    const pairs = fc.array(
      fc.record({ fold: fc.constant(0), same: fc.boolean(), distance: fc.integer({ min: 0, max: 9 }) }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(pairs, (some) => {
        const right = (limit: number) => some.filter((p) => p.distance <= limit === p.same).length;
        const best = right(bestThreshold(some));
        for (let limit = -1; limit <= 9; limit++) expect(best).toBeGreaterThanOrEqual(right(limit));
      }),
    );
  });

  it('rejects everything when all pairs differ and accepts everything when all agree', () => {
    expect(bestThreshold([pair(0, false, 1)])).toBe(Number.NEGATIVE_INFINITY);
    expect(bestThreshold([pair(0, true, 1)])).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('crossValidateThreshold', () => {
  it('never lets a fold choose its own threshold', () => {
    // Fold 1 would want 5, fold 0 wants 0.5: with the other fold's threshold both do badly.
    const pairs = [pair(0, true, 0.4), pair(0, false, 0.6), pair(1, true, 4), pair(1, false, 6)];
    const result = crossValidateThreshold(pairs);
    expect(result.folds.map((fold) => fold.maxDistance)).toEqual([5, 0.5]);
    expect(result.folds.map((fold) => fold.accuracy)).toEqual([0.5, 0.5]);
  });

  it('reports failures to enroll both left out and counted as errors', () => {
    const pairs = [0, 1].flatMap((fold) => [
      pair(fold, true, 0.3),
      pair(fold, false, 0.9),
      pair(fold, false, null),
      pair(fold, true, null),
    ]);
    const { folds, excluded, countedAsErrors } = crossValidateThreshold(pairs);
    expect(excluded).toEqual({ mean: 1, standardError: 0 });
    expect(countedAsErrors.mean).toBe(0.5);
    expect(folds[0]).toMatchObject({ pairs: 4, failures: 2 });
  });

  it('gives the standard error of the mean with n - 1', () => {
    const fold = (number: number, wrong: number) =>
      Array.from({ length: 10 }, (_, i) => pair(number, i >= wrong, i >= wrong ? 0.1 : 0.1)).concat(
        Array.from({ length: 90 }, () => pair(number, false, 0.9)),
      );
    const { excluded } = crossValidateThreshold([...fold(0, 0), ...fold(1, 2), ...fold(2, 4)]);
    expect(excluded.mean).toBeCloseTo(0.98);
    expect(excluded.standardError).toBeCloseTo(0.02 / Math.sqrt(3));
  });

  it('refuses one fold, and a fold without any face', () => {
    expect(() => crossValidateThreshold([pair(0, true, 1)])).toThrow(/two or more folds/);
    expect(() => crossValidateThreshold([pair(0, true, 1), pair(1, true, null)])).toThrow(
      /both images|Fold 1/,
    );
  });
});
