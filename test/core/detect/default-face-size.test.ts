import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchedFaceSize } from '../../../src/core/detect/default-face-size.ts';
import { planScale } from '../../../src/core/detect/plan-scale.ts';

const side = fc.integer({ min: 1, max: 20_000 });
const picture = fc.record({ width: side, height: side });

describe('searchedFaceSize', () => {
  it.each([
    [250, 250, 40],
    [594, 334, 40],
    [640, 480, 50],
    [1024, 768, 80],
    [2000, 2000, 80],
    [4000, 3000, 139],
  ])('looks in a picture of %d x %d for faces from %d pixels on', (width, height, size) => {
    expect(searchedFaceSize({ width, height })).toBe(size);
  });

  it('looks for what is asked for', () => {
    expect(searchedFaceSize({ width: 4000, height: 3000 }, 33)).toBe(33);
  });

  it('finds in a smaller copy of a picture no face that it would not look for in the picture itself', () => {
    fc.assert(
      fc.property(picture, fc.double({ min: 0.05, max: 1, noNaN: true }), ({ width, height }, scale) => {
        const copy = { width: width * scale, height: height * scale };
        fc.pre(copy.width >= 1 && copy.height >= 1);
        // Both sizes are rounded up.
        expect((searchedFaceSize(copy) + 1) / scale).toBeGreaterThanOrEqual(
          searchedFaceSize({ width, height }),
        );
      }),
    );
  });

  it('gives a size that the detector takes', () => {
    fc.assert(
      fc.property(
        fc.record({
          width: fc.integer({ min: 1, max: 2_000_000 }),
          height: fc.integer({ min: 1, max: 300 }),
        }),
        (long) => {
          expect(planScale(long, 80, searchedFaceSize(long))).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('refuses a picture without pixels', () => {
    expect(() => searchedFaceSize({ width: 0, height: 10 })).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }),
    );
  });
});
