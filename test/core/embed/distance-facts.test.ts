import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distancesIn } from '../../../src/core/embed/distance-facts.ts';
import { COSINE, EUCLIDEAN, normalizeEmbedding } from '../../../src/core/metric/metric.ts';
import { DLIB_FACTS } from '../../../src/models/dlib/dlib-facts.ts';

const vector = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });

describe('distancesIn', () => {
  it('says of a cosine distance what the Euclidean one of embeddings of even length says', () => {
    const { length } = DLIB_FACTS.lengthRule;
    const { toOwn, thresholds } = distancesIn(DLIB_FACTS, 'cosine');
    fc.assert(
      fc.property(vector, vector, (x, y) => {
        const [a, b] = [x, y].map((each) => normalizeEmbedding(Float32Array.from(each), length)) as [
          Float32Array,
          Float32Array,
        ];
        if (a.every((value) => value === 0) || b.every((value) => value === 0)) return;
        const euclidean = EUCLIDEAN.distance(a, b);
        expect(toOwn(COSINE.distance(a, b))).toBeCloseTo(euclidean, 3);
        expect(toOwn(thresholds.identify)).toBeCloseTo(DLIB_FACTS.thresholds.identify, 12);
      }),
    );
  });

  it("leaves an embedder's own metric as it is", () => {
    const { toOwn, thresholds } = distancesIn(DLIB_FACTS, 'euclidean');
    expect(toOwn(0.3)).toBe(0.3);
    expect(thresholds).toEqual(DLIB_FACTS.thresholds);
  });

  it('keeps the odds where they are even, and as steep there, to another metric and back', () => {
    const { calibration } = DLIB_FACTS;
    const { calibration: cosine, toOwn } = distancesIn(DLIB_FACTS, 'cosine');
    expect(toOwn(cosine.midpoint)).toBeCloseTo(calibration.midpoint, 12);
    const [near, far] = [-1e-6, 1e-6].map((step) => toOwn(cosine.midpoint + step)) as [number, number];
    expect(cosine.scale * 2e-6).toBeCloseTo(calibration.scale * (far - near), 9);
    const back = { ...DLIB_FACTS, metric: 'cosine', ...distancesIn(DLIB_FACTS, 'cosine') } as const;
    expect(distancesIn(back, 'euclidean').calibration.midpoint).toBeCloseTo(calibration.midpoint, 9);
    expect(distancesIn(back, 'euclidean').calibration.scale).toBeCloseTo(calibration.scale, 9);
  });

  it('refuses a metric that cannot be translated', () => {
    expect(() => distancesIn({ ...DLIB_FACTS, lengthRule: null }, 'cosine')).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }),
    );
  });
});
