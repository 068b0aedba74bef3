import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { surroundingBox } from '../../../src/models/minifasnet/surrounding-box.ts';

const box = (left: number, top: number, width: number, height: number) => ({ left, top, width, height });

describe('surroundingBox', () => {
  it('is as many times as large as the face, about its middle, with the last pixel counted in', () => {
    expect(surroundingBox(box(90, 90, 20, 20), { width: 200, height: 200 }, 2.5)).toEqual(
      box(75, 75, 51, 51),
    );
  });

  it('is shifted inside where the face is near a border', () => {
    expect(surroundingBox(box(0, 170, 20, 20), { width: 200, height: 200 }, 2)).toEqual(box(0, 159, 41, 41));
  });

  it('ends with the last column where it is as wide as the picture, whatever rounding does', () => {
    const found = surroundingBox(box(187.57, 109.618, 195.648, 239.795), { width: 480, height: 640 }, 4);
    expect(found).toMatchObject({ left: 0, top: 0, width: 480 });
  });

  it('lies inside the picture and has an area for every face, also one over the border', () => {
    const side = fc.integer({ min: 2, max: 4000 });
    const place = fc.double({ min: -3000, max: 6000, noNaN: true });
    const size = fc.double({ min: 0.5, max: 5000, noNaN: true });
    const scale = fc.double({ min: 1, max: 10, noNaN: true });
    fc.assert(
      fc.property(side, side, place, place, size, size, scale, (width, height, x, y, w, h, times) => {
        const { left, top, ...found } = surroundingBox(box(x, y, w, h), { width, height }, times);
        expect(left).toBeGreaterThanOrEqual(0);
        expect(top).toBeGreaterThanOrEqual(0);
        expect(Math.min(found.width, found.height)).toBeGreaterThanOrEqual(1);
        expect(left + found.width).toBeLessThanOrEqual(width);
        expect(top + found.height).toBeLessThanOrEqual(height);
        expect([left, top, found.width, found.height].every(Number.isInteger)).toBe(true);
      }),
    );
  });

  it('refuses a box without area', () => {
    for (const face of [box(1, 1, 0, 5), box(1, 1, 5, -1), box(Number.NaN, 1, 5, 5)]) {
      expect(() => surroundingBox(face, { width: 100, height: 100 }, 2)).toThrow(
        /a box of four finite numbers/,
      );
    }
  });
});
