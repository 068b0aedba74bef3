import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random/random.ts';
import { betaQuantile, betaShare } from '../../src/evaluate/beta-distribution.ts';
import { bootstrap } from '../../src/evaluate/bootstrap.ts';
import { errorRatesAt, tarAtFar } from '../../src/evaluate/error-rates.ts';
import {
  clopperPearsonInterval,
  normalQuantile,
  rateUpperBound,
  trialsToPromise,
  wilsonInterval,
} from '../../src/evaluate/intervals.ts';
import { areaUnderCurve, equalErrorRate, rocCurve } from '../../src/evaluate/roc.ts';

// scikit-learn 1.2.1 and SciPy 1.10.1, written by scripts/goldens/evaluate.py.
const golden = JSON.parse(
  readFileSync(new URL('../fixtures/evaluate/metrics.json', import.meta.url), 'utf8'),
) as Golden;

interface Golden {
  cases: {
    name: string;
    genuine: number[];
    impostor: number[];
    auc: number;
    eer: number;
    fpr: number[];
    tpr: number[];
    maxDistances: number[];
    tarAtFar: Record<string, number>;
  }[];
  intervals: {
    count: number;
    trials: number;
    confidence: number;
    clopperPearson: [number, number];
    wilson: [number, number];
    upper: number;
  }[];
  beta: { x: number; a: number; b: number; share: number }[];
  normal: { share: number; z: number }[];
}

const distances = fc
  .array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 40 })
  .map((values) => Float64Array.from(values));
const pairScores = fc.record({ genuine: distances, impostor: distances });

describe('verification metrics against scikit-learn', () => {
  for (const golden_ of golden.cases) {
    const scores = {
      genuine: Float64Array.from(golden_.genuine),
      impostor: Float64Array.from(golden_.impostor),
    };

    it(`draws the same ROC curve (${golden_.name})`, () => {
      const roc = rocCurve(scores);
      expect([...roc.maxDistances.slice(1)]).toEqual(golden_.maxDistances);
      expect(roc.fmr.length).toBe(golden_.fpr.length);
      for (const [i, fpr] of golden_.fpr.entries()) {
        expect(roc.fmr[i]).toBeCloseTo(fpr, 14);
        expect(1 - roc.fnmr[i]!).toBeCloseTo(golden_.tpr[i]!, 14);
      }
    });

    it(`finds the same area, equal error rate and true accept rates (${golden_.name})`, () => {
      expect(areaUnderCurve(scores)).toBeCloseTo(golden_.auc, 13);
      expect(equalErrorRate(scores).eer).toBeCloseTo(golden_.eer, 12);
      for (const [far, tar] of Object.entries(golden_.tarAtFar)) {
        expect(tarAtFar(scores, { far: Number(far), rounds: 0 }).tar).toBeCloseTo(tar, 14);
      }
    });
  }
});

describe('intervals against SciPy', () => {
  it('gives the same exact and score intervals within 1e-12', () => {
    for (const { count, trials, confidence, ...expected } of golden.intervals) {
      const exact = clopperPearsonInterval(count, trials, { confidence });
      const score = wilsonInterval(count, trials, { confidence });
      expect([exact.low, exact.high].map((v, i) => v - expected.clopperPearson[i]!)).toSatisfy(small);
      expect([score.low, score.high].map((v, i) => v - expected.wilson[i]!)).toSatisfy(small);
      expect(rateUpperBound(count, trials, { confidence })).toBeCloseTo(expected.upper, 12);
    }
  });

  it('computes beta shares within 1e-12 and normal quantiles within 1e-10', () => {
    for (const { x, a, b, share } of golden.beta) expect(betaShare(x, { a, b })).toBeCloseTo(share, 12);
    for (const { share, z } of golden.normal) expect(normalQuantile(share)).toBeCloseTo(z, 10);
  });

  it('asks for as many trials as the rule of three says', () => {
    expect(trialsToPromise(0.01)).toBe(299);
    expect(trialsToPromise(0.001)).toBe(2995);
    expect(rateUpperBound(0, 299)).toBeLessThanOrEqual(0.01);
    expect(rateUpperBound(0, 298)).toBeGreaterThan(0.01);
  });

  it('inverts the beta share for any shape', () => {
    const shape = fc.double({ min: 0.5, max: 500, noNaN: true });
    fc.assert(
      fc.property(shape, shape, fc.double({ min: 0.001, max: 0.999, noNaN: true }), (a, b, share) => {
        expect(betaShare(betaQuantile(share, { a, b }), { a, b })).toBeCloseTo(share, 9);
      }),
    );
  });

  it('refuses counts that cannot be', () => {
    for (const [count, trials] of [
      [-1, 5],
      [6, 5],
      [0, 0],
      [0.5, 2],
    ] as const) {
      expect(() => clopperPearsonInterval(count, trials)).toThrow(/Expected/);
    }
    expect(() => wilsonInterval(0, 5, { confidence: 1 })).toThrow(/confidence/);
    expect(() => trialsToPromise(0)).toThrow(/target/);
  });
});

describe('verification metrics', () => {
  it('keeps the area between the ROC points equal to the count of ordered pairs', () => {
    fc.assert(
      fc.property(pairScores, (scores) => {
        const { fmr, fnmr } = rocCurve(scores);
        let area = 0;
        for (let i = 1; i < fmr.length; i++) {
          area += (fmr[i]! - fmr[i - 1]!) * (1 - (fnmr[i]! + fnmr[i - 1]!) / 2);
        }
        expect(areaUnderCurve(scores)).toBeCloseTo(area, 10);
      }),
    );
  });

  it('never exceeds the allowed false match rate and never wastes a threshold', () => {
    fc.assert(
      fc.property(pairScores, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (scores, far) => {
        const { tar, maxDistance } = tarAtFar(scores, { far, rounds: 0 });
        const rates = errorRatesAt(scores, { maxDistance });
        expect(rates.fmr.rate).toBeLessThanOrEqual(far + 1e-9);
        expect(rates.fnmr.rate).toBeCloseTo(1 - tar, 12);
        const { maxDistances, fmr } = rocCurve(scores);
        const next = maxDistances.findIndex((d) => d > maxDistance);
        if (next !== -1) expect(fmr[next]).toBeGreaterThan(far);
      }),
    );
  });

  it('says when there are too few impostor pairs to see a rate', () => {
    const scores = { genuine: Float64Array.of(1, 2, 9), impostor: Float64Array.of(3, 4, 5) };
    const result = tarAtFar(scores, { far: 0.001, rounds: 0 });
    expect(result).toMatchObject({ falseMatchesAllowed: 0, resolved: false, maxDistance: 2 });
    expect(result.tar).toBeCloseTo(2 / 3);
  });

  it('puts a repeatable bootstrap interval around the true accept rate', () => {
    const [first] = golden.cases;
    const scores = {
      genuine: Float64Array.from(first!.genuine),
      impostor: Float64Array.from(first!.impostor),
    };
    const run = () => tarAtFar(scores, { far: 0.1, random: createRandom(7), rounds: 500 });
    const { tar, bootstrap: interval } = run();
    expect(run().bootstrap).toEqual(interval);
    expect(interval!.low).toBeLessThan(tar);
    expect(interval!.high).toBeGreaterThanOrEqual(tar);
    expect(() => tarAtFar(scores, { far: 0.1 })).toThrow(/options.random/);
  });

  it('gives the mean a bootstrap interval of the width that theory gives', () => {
    const values = Float64Array.from({ length: 400 }, (_, i) => i % 2);
    const mean = (weights: Int32Array) => [weights.reduce((sum, w, i) => sum + w * values[i]!, 0) / 400];
    const [interval] = bootstrap(400, mean, { random: createRandom(3), rounds: 4000 });
    // Standard error 0.025, so 95 % lie within 0.049.
    expect(interval!.low).toBeCloseTo(0.451, 2);
    expect(interval!.high).toBeCloseTo(0.549, 2);
  });

  it('refuses empty sides and NaN', () => {
    const one = Float64Array.of(1);
    expect(() => rocCurve({ genuine: new Float64Array(), impostor: one })).toThrow(/genuine/);
    expect(() => areaUnderCurve({ genuine: one, impostor: Float64Array.of(Number.NaN) })).toThrow(/impostor/);
  });
});

function small(differences: number[]): boolean {
  return differences.every((difference) => Math.abs(difference) < 1e-12);
}
