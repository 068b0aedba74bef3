import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxArea, boxFromCorners, intersectionArea, iou } from '../../../src/core/geometry/box.ts';

const side = fc.integer({ min: -300, max: 300 });
const length = fc.integer({ min: 0, max: 200 });
const box = fc.record({ left: side, top: side, width: length, height: length });

describe('iou', () => {
  it('is the same both ways and between 0 and 1', () => {
    fc.assert(
      fc.property(box, box, (a, b) => {
        const value = iou(a, b);
        expect(value).toBe(iou(b, a));
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is 1 for a box with itself, unless the box is empty', () => {
    fc.assert(
      fc.property(box, (a) => {
        expect(iou(a, a)).toBe(boxArea(a) > 0 ? 1 : 0);
      }),
    );
  });

  it('does not change when both boxes move', () => {
    fc.assert(
      fc.property(box, box, side, side, (a, b, x, y) => {
        const move = (moved: typeof a) => ({ ...moved, left: moved.left + x, top: moved.top + y });
        expect(iou(move(a), move(b))).toBe(iou(a, b));
      }),
    );
  });

  it('is a third for two boxes that share half of each', () => {
    const a = { left: 0, top: 0, width: 10, height: 10 };
    expect(iou(a, { ...a, left: 5 })).toBeCloseTo(1 / 3, 12);
  });
});

describe('intersectionArea', () => {
  it('counts the pixels that both boxes cover', () => {
    const small = fc.record({
      left: fc.integer({ min: 0, max: 8 }),
      top: fc.integer({ min: 0, max: 8 }),
      width: fc.integer({ min: 0, max: 8 }),
      height: fc.integer({ min: 0, max: 8 }),
    });
    const covers = (b: { left: number; top: number; width: number; height: number }, x: number, y: number) =>
      x >= b.left && x < b.left + b.width && y >= b.top && y < b.top + b.height;
    fc.assert(
      fc.property(small, small, (a, b) => {
        let pixels = 0;
        for (let y = 0; y < 16; y++)
          for (let x = 0; x < 16; x++) if (covers(a, x, y) && covers(b, x, y)) pixels++;
        expect(intersectionArea(a, b)).toBe(pixels);
      }),
    );
  });
});

describe('boxFromCorners', () => {
  it('takes right and bottom as the last pixels inside', () => {
    expect(boxFromCorners(62, 77, 157, 171)).toEqual({ left: 62, top: 77, width: 96, height: 95 });
    expect(boxArea(boxFromCorners(3, 4, 3, 4))).toBe(1);
    expect(boxArea(boxFromCorners(3, 4, 2, 9))).toBe(0);
  });
});
