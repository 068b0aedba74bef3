import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinearSvm } from '../../src/classify/linear-svm.ts';
import { createRandom } from '../../src/core/random/random.ts';
import { makeClusters } from './clusters.ts';
import { largestDifference, readGoldenCase } from './golden-case.ts';

// scikit-learn 1.2.1 (Debian), LinearSVC(dual=True, tol=1e-10, max_iter=1e7); scripts/goldens/classify.py.
const TOLERANCE = 1e-5;

describe('LinearSvm', () => {
  for (const name of ['many-people', 'two-people', 'overlapping'] as const) {
    const golden = readGoldenCase(name);
    for (const { C, classWeight, decisions } of golden.answers) {
      it(`gives scikit-learn's decision values on ${name} with C = ${C}, class weight ${classWeight}`, () => {
        const svm = new LinearSvm({ C, classWeight }).fit(golden.samples, golden.labels);
        expect(svm.model.converged).toBe(true);
        expect(largestDifference(svm.decisionFunction(golden.probes), decisions)).toBeLessThan(TOLERANCE);
      });
    }
  }

  it('reaches the same optimum by coordinate descent alone and by Newton steps alone', () => {
    const { samples, labels, probes } = readGoldenCase('overlapping');
    const decide = (C: number, maxIterations: number) =>
      new LinearSvm({ C, maxIterations }).fit(samples, labels).decisionFunction(probes);
    for (const C of [0.01, 1]) expect(largestDifference(decide(C, 100_000), decide(C, 0))).toBeLessThan(1e-7);
  });

  it('does not depend on the order of samples or on the seed', () => {
    const { embeddings, labels } = makeClusters({ counts: [4, 9, 3, 6], noise: 0.08 });
    const reference = new LinearSvm({ C: 5 }).fit(embeddings, labels).decisionFunction(embeddings);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
        const order = createRandom(seed).shuffle(labels.map((_, i) => i));
        const svm = new LinearSvm({ C: 5, seed }).fit(
          order.map((i) => embeddings[i]!),
          order.map((i) => labels[i]!),
        );
        expect(largestDifference(svm.decisionFunction(embeddings), reference)).toBeLessThan(1e-8);
      }),
      { numRuns: 10 },
    );
  });

  it('treats labels as names: other integers in the same order change nothing', () => {
    const { embeddings, labels } = makeClusters({ counts: [4, 5, 6] });
    const names = [3, 70, 900];
    const plain = new LinearSvm().fit(embeddings, labels);
    const renamed = new LinearSvm().fit(
      embeddings,
      labels.map((label) => names[label]!),
    );
    expect(renamed.model.classes).toEqual(names);
    expect(renamed.decisionFunction(embeddings)).toEqual(plain.decisionFunction(embeddings));
  });

  it('solves samples that contradict each other', () => {
    const twin = Float32Array.of(1, 2, 3);
    const svm = new LinearSvm({ C: 1000 }).fit([twin, twin, twin, twin], [0, 1, 0, 1]);
    expect(svm.model.converged).toBe(true);
    expect(svm.decisionFunction([twin])[0]).toBeCloseTo(0, 9);
  });

  it('refuses one person, wrong shapes, wrong numbers and wrong options with a code', () => {
    const a = Float32Array.of(1, 2);
    const code = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return (error as { code?: string }).code;
      }
      return 'no error';
    };
    expect(code(() => new LinearSvm().fit([a, a], [1, 1]))).toBe('ERR_TOO_FEW_SAMPLES');
    expect(code(() => new LinearSvm().fit([], []))).toBe('ERR_TOO_FEW_SAMPLES');
    expect(code(() => new LinearSvm().fit([a, Float32Array.of(1)], [0, 1]))).toBe('ERR_SHAPE_MISMATCH');
    expect(code(() => new LinearSvm().fit([a, a], [0]))).toBe('ERR_SHAPE_MISMATCH');
    expect(code(() => new LinearSvm().fit([a, Float32Array.of(1, Number.NaN)], [0, 1]))).toBe(
      'ERR_INVALID_ARGUMENT',
    );
    expect(code(() => new LinearSvm().fit([a, a], [0, -1]))).toBe('ERR_INVALID_ARGUMENT');
    expect(code(() => new LinearSvm({ C: 0 }))).toBe('ERR_INVALID_ARGUMENT');
    expect(code(() => new LinearSvm({ seed: -1 }))).toBe('ERR_INVALID_ARGUMENT');
    expect(code(() => new LinearSvm().decisionFunction([a]))).toBe('ERR_NOT_TRAINED');
  });
});
