import { describe, expect, it } from 'vitest';
import { searchC } from '../../src/classify/grid-search.ts';
import { makeClusters } from './clusters.ts';
import { readGoldenCase } from './golden-case.ts';

describe('searchC', () => {
  it("chooses scikit-learn's C by scikit-learn's scores on its own splits", async () => {
    // scikit-learn 1.2.1, GridSearchCV over StratifiedShuffleSplit(3); accuracies are counts, so they are equal.
    const { samples, labels, folds, grid } = readGoldenCase('overlapping');
    const splits = grid!.splits.map(({ train, test }) => ({
      train: Int32Array.from(train),
      test: Int32Array.from(test),
    }));
    const result = await searchC(samples, labels, { folds, splits, grid: grid!.C });
    for (const [i, { accuracies }] of result.scores.entries()) {
      for (const [s, accuracy] of accuracies.entries())
        expect(accuracy).toBeCloseTo(grid!.accuracies[i]![s]!, 12);
    }
    expect(result.C).toBe(grid!.bestC);
  });

  it('takes the first of equally good values and reports how far it is', async () => {
    const { embeddings, labels } = makeClusters({ counts: [6, 6], noise: 0.01 });
    const progress: number[] = [];
    const result = await searchC(embeddings, labels, {
      folds: 2,
      grid: [1, 10],
      onProgress: (done) => progress.push(done),
    });
    expect(result.scores.map((score) => score.meanAccuracy)).toEqual([1, 1]);
    expect(result.C).toBe(1);
    expect(progress).toHaveLength(6);
    expect(progress.at(-1)).toBe(1);
  });

  it('stops when it is canceled', async () => {
    const { embeddings, labels } = makeClusters({ counts: [6, 6] });
    await expect(searchC(embeddings, labels, { folds: 2, signal: AbortSignal.abort() })).rejects.toThrow(
      'canceled',
    );
  });
});
