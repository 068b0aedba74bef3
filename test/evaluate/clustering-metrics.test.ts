import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusteringMetrics } from '../../src/evaluate/clustering-metrics.ts';

describe('clusteringMetrics', () => {
  it('counts pairs and faces as one does by hand', () => {
    // Groups {a a b} and {b}: of 3 pairs put together 1 is right, of 2 that belong together 1 was found.
    const result = clusteringMetrics([1, 1, 1, 2], ['a', 'a', 'b', 'b']);
    expect(result).toMatchObject({ faces: 4, people: 2, groups: 2 });
    expect(result.pairwise.precision).toBeCloseTo(1 / 3, 12);
    expect(result.pairwise.recall).toBeCloseTo(1 / 2, 12);
    expect(result.pairwise.f).toBeCloseTo(2 / 5, 12);
    // Of the faces' own groups: 2/3, 2/3, 1/3, 1 are theirs; of their people 1, 1, 1/2, 1/2 are there.
    expect(result.bCubed.precision).toBeCloseTo(2 / 3, 12);
    expect(result.bCubed.recall).toBeCloseTo(3 / 4, 12);
    expect(result.bCubed.f).toBeCloseTo(12 / 17, 12);
  });

  it('says that what was left alone is precise and recalls nothing', () => {
    const { pairwise, bCubed } = clusteringMetrics([1, 2, 3, 4], ['a', 'a', 'a', 'a']);
    expect(pairwise).toEqual({ precision: 1, recall: 0, f: 0 });
    expect(bCubed).toEqual({ precision: 1, recall: 0.25, f: 0.4 });
  });

  it('agrees with scikit-learn 1.2.1 on pairs', () => {
    // sklearn.metrics.cluster.pair_confusion_matrix(people, groups): [[142, 16], [24, 28]] in ordered pairs.
    const people = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4];
    const groups = [0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 3, 3, 0, 4];
    const { precision, recall } = clusteringMetrics(groups, people).pairwise;
    expect(precision).toBeCloseTo(28 / (28 + 16), 12);
    expect(recall).toBeCloseTo(28 / (28 + 24), 12);
  });

  it('exchanges precision and recall when groups and people change places', () => {
    const labels = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(labels, (pairs) => {
        const [groups, people] = [pairs.map(([g]) => g), pairs.map(([, p]) => p)];
        const one = clusteringMetrics(groups, people);
        const other = clusteringMetrics(people, groups);
        for (const kind of ['pairwise', 'bCubed'] as const) {
          expect(one[kind].precision).toBeCloseTo(other[kind].recall, 12);
          expect(one[kind].f).toBeCloseTo(other[kind].f, 12);
          expect(one[kind].f).toBeGreaterThanOrEqual(0);
          expect(one[kind].f).toBeLessThanOrEqual(1 + 1e-12);
        }
      }),
    );
  });

  it.each([
    [[], []],
    [[1], []],
    [[1, 2], ['a']],
  ])('refuses %j groups of %j people', (groups, people) => {
    expect(() => clusteringMetrics(groups, people)).toThrow(
      expect.objectContaining({ code: 'ERR_SHAPE_MISMATCH' }),
    );
  });
});
