import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Point, rotatePoint } from '../../../src/core/geometry/point.ts';
import {
  applyTransform,
  fitSimilarityTransform,
  invertTransform,
} from '../../../src/core/geometry/similarity-transform.ts';

const coordinate = fc.double({ min: -500, max: 500, noNaN: true });
const point = fc.tuple(coordinate, coordinate) as fc.Arbitrary<Point>;
const transform = fc
  .record({
    scale: fc.double({ min: 0.05, max: 20, noNaN: true }),
    angle: fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
    tx: coordinate,
    ty: coordinate,
  })
  .map(({ scale, angle, tx, ty }) => ({ a: scale * Math.cos(angle), b: scale * Math.sin(angle), tx, ty }));
/** Points that do not all lie on top of each other. */
const points = fc
  .array(point, { minLength: 2, maxLength: 8 })
  .filter((list) => list.some(([x, y]) => Math.hypot(x - list[0]![0], y - list[0]![1]) > 1));

function expectNear(actual: Point, expected: Point, tolerance: number): void {
  expect(Math.hypot(actual[0] - expected[0], actual[1] - expected[1])).toBeLessThan(tolerance);
}

describe('invertTransform', () => {
  it('undoes the transform', () => {
    fc.assert(
      fc.property(transform, point, (t, p) => {
        expectNear(applyTransform(invertTransform(t), applyTransform(t, p)), p, 1e-8);
        expectNear(applyTransform(t, applyTransform(invertTransform(t), p)), p, 1e-8);
      }),
    );
  });
});

describe('fitSimilarityTransform', () => {
  it('recovers a known transform from the points that it moved', () => {
    fc.assert(
      fc.property(transform, points, (t, from) => {
        const fitted = fitSimilarityTransform(
          from,
          from.map((p) => applyTransform(t, p)),
        );
        for (const key of ['a', 'b'] as const) expect(Math.abs(fitted[key] - t[key])).toBeLessThan(1e-7);
        for (const p of from) expectNear(applyTransform(fitted, p), applyTransform(t, p), 1e-6);
      }),
    );
  });

  it('leaves a smaller sum of squares than any transform beside it', () => {
    const error = (t: { a: number; b: number; tx: number; ty: number }, from: Point[], to: Point[]) =>
      from.reduce((sum, p, i) => {
        const [x, y] = applyTransform(t, p);
        return sum + (x - to[i]![0]) ** 2 + (y - to[i]![1]) ** 2;
      }, 0);
    const nudge = fc.double({ min: -0.5, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(
        points,
        fc.array(point, { minLength: 8, maxLength: 8 }),
        nudge,
        nudge,
        (from, to, da, db) => {
          const best = fitSimilarityTransform(from, to);
          const other = { a: best.a + da, b: best.b + db, tx: best.tx + da, ty: best.ty - db };
          expect(error(best, from, to)).toBeLessThanOrEqual(error(other, from, to) * (1 + 1e-9) + 1e-6);
        },
      ),
    );
  });

  it('gives a pure shift for points that all coincide', () => {
    const from: Point[] = [
      [3, 4],
      [3, 4],
    ];
    const to: Point[] = [
      [10, 10],
      [12, 14],
    ];
    expect(fitSimilarityTransform(from, to)).toEqual({ a: 1, b: 0, tx: 8, ty: 8 });
  });
});

describe('rotatePoint', () => {
  it('keeps the distance to the center and turns back with the opposite angle', () => {
    const angle = fc.double({ min: -10, max: 10, noNaN: true });
    fc.assert(
      fc.property(point, point, angle, (center, p, turn) => {
        const turned = rotatePoint(center, p, turn);
        const distance = (q: Point) => Math.hypot(q[0] - center[0], q[1] - center[1]);
        expect(Math.abs(distance(turned) - distance(p))).toBeLessThan(1e-8);
        expectNear(rotatePoint(center, turned, -turn), p, 1e-8);
      }),
    );
  });

  it('turns clockwise on the screen', () => {
    expectNear(rotatePoint([0, 0], [1, 0], Math.PI / 2), [0, 1], 1e-12);
  });
});
