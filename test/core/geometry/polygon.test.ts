import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Point } from '../../../src/core/geometry/point.ts';
import { isInPolygon } from '../../../src/core/geometry/polygon.ts';

const L: Point[] = [
  [0, 0],
  [1, 0],
  [1, 0.4],
  [0.4, 0.4],
  [0.4, 1],
  [0, 1],
];

describe('isInPolygon', () => {
  it('knows the inside of a shape with a notch, whichever way round its corners are given', () => {
    for (const shape of [L, L.toReversed(), [...L.slice(3), ...L.slice(0, 3)]]) {
      expect(isInPolygon([0.2, 0.2], shape)).toBe(true);
      expect(isInPolygon([0.9, 0.2], shape)).toBe(true);
      expect(isInPolygon([0.2, 0.9], shape)).toBe(true);
      expect(isInPolygon([0.7, 0.7], shape)).toBe(false);
      expect(isInPolygon([1.1, 0.2], shape)).toBe(false);
      expect(isInPolygon([-0.1, 0.2], shape)).toBe(false);
    }
  });

  it('agrees with the two comparisons of each side for rectangles', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, share, share, share, share, (a, b, c, d, x, y) => {
        const [left, right] = [Math.min(a, b), Math.max(a, b)];
        const [top, bottom] = [Math.min(c, d), Math.max(c, d)];
        fc.pre(![left, right].includes(x) && ![top, bottom].includes(y));
        const rectangle: Point[] = [
          [left, top],
          [right, top],
          [right, bottom],
          [left, bottom],
        ];
        expect(isInPolygon([x, y], rectangle)).toBe(x > left && x < right && y > top && y < bottom);
      }),
    );
  });
});
