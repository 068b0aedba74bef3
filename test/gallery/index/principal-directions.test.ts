import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random/random.ts';
import { PrincipalDirections } from '../../../src/gallery/index/principal-directions.ts';

const random = createRandom(5);

/** Vectors about a point far from zero that vary by these deviations, along `spreads.length` of `length` axes. */
function vectorsAlong(spreads: readonly number[], length: number, count: number): Float32Array[] {
  const axes = spreads.map(() => Float64Array.from({ length }, () => random.normal() / Math.sqrt(length)));
  return Array.from({ length: count }, () => {
    const vector = new Float32Array(length).fill(3);
    for (const [i, axis] of axes.entries()) {
      const amount = random.normal() * spreads[i]!;
      for (let j = 0; j < length; j++) vector[j]! += amount * axis[j]!;
    }
    return vector;
  });
}

function projected(directions: PrincipalDirections, vector: Float32Array): Float32Array {
  const out = new Float32Array(directions.length);
  directions.project(vector, out);
  return out;
}

function distance(a: Float32Array, b: Float32Array): number {
  return Math.hypot(...a.map((value, i) => value - b[i]!));
}

describe('PrincipalDirections', () => {
  it('keep every distance of vectors that vary in few directions, with fewer numbers', () => {
    const vectors = vectorsAlong([4, 3, 2, 1, 1], 60, 300);
    const directions = new PrincipalDirections(vectors);
    expect(directions.length).toBe(16);
    for (let i = 1; i < vectors.length; i++) {
      const [a, b] = [vectors[i - 1]!, vectors[i]!];
      expect(distance(projected(directions, a), projected(directions, b))).toBeCloseTo(distance(a, b), 3);
    }
  });

  it('put the widest direction first, about the mean', () => {
    const vectors = vectorsAlong([9, 3, 1], 40, 500);
    const directions = new PrincipalDirections(vectors);
    const all = vectors.map((vector) => projected(directions, vector));
    const variances = Array.from(
      { length: 4 },
      (_, i) => all.reduce((sum, row) => sum + row[i]! ** 2, 0) / all.length,
    );
    const means = Array.from(
      { length: 4 },
      (_, i) => all.reduce((sum, row) => sum + row[i]!, 0) / all.length,
    );
    expect(variances[0]!).toBeGreaterThan(variances[1]!);
    expect(variances[1]!).toBeGreaterThan(variances[2]!);
    expect(variances[3]!).toBeCloseTo(0, 6);
    for (const mean of means) expect(mean).toBeCloseTo(0, 3);
  });

  it('never move vectors apart', () => {
    const vectors = vectorsAlong(Array(100).fill(1), 100, 400);
    const directions = new PrincipalDirections(vectors);
    expect(directions.length).toBeLessThan(100);
    for (let i = 1; i < vectors.length; i++) {
      const [a, b] = [vectors[i - 1]!, vectors[i]!];
      expect(distance(projected(directions, a), projected(directions, b))).toBeLessThan(
        distance(a, b) + 1e-4,
      );
    }
  });

  it('stand one vector, equal vectors and short ones', () => {
    const one = Float32Array.of(1, 2, 3);
    for (const sample of [[one], [one, one, one]]) {
      const directions = new PrincipalDirections(sample);
      expect(directions.length).toBe(3);
      expect(Math.max(...projected(directions, one).map(Math.abs))).toBeCloseTo(0, 6);
    }
  });
});
