import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitSigmoid, logistic, sigmoidProbability } from '../../src/classify/sigmoid-calibration.ts';
import { readFixture } from './golden-case.ts';

const { sigmoids } = readFixture('sigmoids-and-folds') as {
  sigmoids: { scores: number[]; positive: number[]; sklearn: [number, number]; optimum: [number, number] }[];
};

describe('fitSigmoid', () => {
  // scikit-learn 1.2.1 stops where the gradient is below 1e-5; `optimum` is its answer polished to 1e-9.
  for (const [i, { scores, positive, sklearn, optimum }] of sigmoids.entries()) {
    it(`finds scikit-learn's sigmoid of score set ${i + 1}`, () => {
      const { slope, offset } = fitSigmoid(scores, positive);
      expect(Math.abs(slope - sklearn[0])).toBeLessThan(1e-5);
      expect(Math.abs(offset - sklearn[1])).toBeLessThan(1e-5);
      expect(Math.abs(slope - optimum[0])).toBeLessThan(1e-8);
      expect(Math.abs(offset - optimum[1])).toBeLessThan(1e-8);
    });
  }

  it('stays finite on scores that separate perfectly, are all equal, or are huge', () => {
    for (const scores of [
      [-1, -1, 1, 1],
      [2, 2, 2, 2],
      [-1e6, -1e5, 1e5, 1e6],
    ]) {
      const { slope, offset } = fitSigmoid(scores, [false, false, true, true]);
      expect(Number.isFinite(slope) && Number.isFinite(offset)).toBe(true);
      const probabilities = scores.map((score) => sigmoidProbability({ slope, offset }, score));
      expect(probabilities[0]).toBeLessThanOrEqual(probabilities[3]!);
    }
  });

  it('counts a weight as that many samples at the same targets', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 6, maxLength: 20 }), (scores) => {
        const positive = scores.map((_, i) => i % 2);
        const plain = fitSigmoid(scores, positive);
        const doubled = fitSigmoid(scores, positive, { weights: scores.map(() => 2) });
        // The probabilities are compared, because equal scores leave the slope undetermined.
        for (const score of scores) {
          expect(sigmoidProbability(doubled, score)).toBeCloseTo(sigmoidProbability(plain, score), 5);
        }
      }),
    );
  });

  it('refuses arrays of different length and scores that are not finite', () => {
    expect(() => fitSigmoid([1, 2], [1])).toThrow('Expected 2 flags');
    expect(() => fitSigmoid([1, Number.NaN], [1, 0])).toThrow('Expected a finite number for scores[1]');
  });
});

describe('logistic', () => {
  it('neither overflows nor loses its symmetry', () => {
    expect([logistic(-1e9), logistic(0), logistic(1e9)]).toEqual([0, 0.5, 1]);
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
        expect(logistic(x) + logistic(-x)).toBeCloseTo(1, 12);
      }),
    );
  });
});
