import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cosineSimilarity,
  euclideanDistance,
  meanEmbedding,
  normalizeEmbedding,
} from '../../../src/core/metric/metric.ts';

const vector = fc
  .array(fc.float({ min: -2, max: 2, noNaN: true }), { minLength: 8, maxLength: 8 })
  .map((values) => Float32Array.from(values));

describe('euclideanDistance', () => {
  it('is a metric: zero only for equals, the same both ways, never longer than a detour', () => {
    fc.assert(
      fc.property(vector, vector, vector, (a, b, c) => {
        const ab = euclideanDistance(a, b);
        expect(ab).toBeGreaterThanOrEqual(0);
        expect(euclideanDistance(a, a)).toBe(0);
        expect(ab).toBe(euclideanDistance(b, a));
        expect(ab).toBeLessThanOrEqual(euclideanDistance(a, c) + euclideanDistance(c, b) + 1e-9);
      }),
    );
    expect(euclideanDistance([0, 3], [4, 0])).toBe(5);
  });

  it('refuses embeddings of different lengths', () => {
    expect(() => euclideanDistance([1], [1, 2])).toThrow(
      expect.objectContaining({ code: 'ERR_SHAPE_MISMATCH' }),
    );
  });
});

describe('cosineSimilarity', () => {
  it('is the same both ways, within -1 and 1, and blind to length', () => {
    fc.assert(
      fc.property(vector, vector, fc.double({ min: 0.1, max: 9, noNaN: true }), (a, b, factor) => {
        const value = cosineSimilarity(a, b);
        expect(value).toBe(cosineSimilarity(b, a));
        expect(Math.abs(value)).toBeLessThanOrEqual(1 + 1e-9);
        const longer = Array.from(a, (x) => x * factor);
        expect(cosineSimilarity(longer, b)).toBeCloseTo(value, 6);
      }),
    );
    expect(cosineSimilarity([1, 0], [0, 2])).toBe(0);
    expect(cosineSimilarity([1, 1], [-2, -2])).toBeCloseTo(-1, 12);
    expect(cosineSimilarity([0, 0], [1, 2])).toBe(0);
  });

  it('orders unit vectors as the distance does: d² = 2 - 2 cos', () => {
    fc.assert(
      fc.property(vector, vector, (a, b) => {
        fc.pre(a.some((x) => Math.abs(x) > 1e-3) && b.some((x) => Math.abs(x) > 1e-3));
        const [u, v] = [normalizeEmbedding(a), normalizeEmbedding(b)];
        expect(euclideanDistance(u, v) ** 2).toBeCloseTo(2 - 2 * cosineSimilarity(u, v), 4);
      }),
    );
  });
});

describe('normalizeEmbedding', () => {
  it('gives length 1 and leaves the argument and a zero vector alone', () => {
    const given = Float32Array.of(3, 4);
    const unit = normalizeEmbedding(given);
    expect([unit[0], unit[1]]).toEqual([Math.fround(0.6), Math.fround(0.8)]);
    expect([...given]).toEqual([3, 4]);
    expect([...normalizeEmbedding(new Float32Array(3))]).toEqual([0, 0, 0]);
  });
});

describe('meanEmbedding', () => {
  it('averages each number and lies no farther from the embeddings than they lie apart', () => {
    expect([...meanEmbedding([Float32Array.of(1, 2), Float32Array.of(3, 6)])]).toEqual([2, 4]);
    fc.assert(
      fc.property(fc.array(vector, { minLength: 1, maxLength: 6 }), (list) => {
        const mean = meanEmbedding(list);
        const widest = Math.max(...list.flatMap((a) => list.map((b) => euclideanDistance(a, b))));
        for (const a of list) expect(euclideanDistance(a, mean)).toBeLessThanOrEqual(widest + 1e-5);
      }),
    );
  });

  it('refuses an empty list and mixed lengths', () => {
    expect(() => meanEmbedding([])).toThrow(expect.objectContaining({ code: 'ERR_SHAPE_MISMATCH' }));
    expect(() => meanEmbedding([new Float32Array(2), new Float32Array(3)])).toThrow(
      expect.objectContaining({ code: 'ERR_SHAPE_MISMATCH' }),
    );
  });
});
