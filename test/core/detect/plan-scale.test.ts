import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_MAX_PIXELS,
  MAX_SCALED_PIXELS,
  MAX_SCALED_SIDE,
  planScale,
} from '../../../src/core/detect/plan-scale.ts';
import { FaceTriggerError } from '../../../src/core/errors.ts';

const WINDOW = 80;
const side = fc.oneof(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 200_000 }));
const size = fc.record({ width: side, height: side });
const minFaceSize = fc.oneof(
  fc.integer({ min: 10, max: 400 }),
  fc.double({ min: 10, max: 10_000, noNaN: true }),
);

function hintOf(image: { width: number; height: number }, wanted: number): number | null {
  try {
    planScale(image, WINDOW, wanted);
    return null;
  } catch (error) {
    expect((error as FaceTriggerError).code).toBe('ERR_IMAGE_TOO_LARGE');
    return Number(/minFaceSize of at least (\d+)/.exec((error as Error).message)![1]);
  }
}

describe('planScale', () => {
  it('leaves an image alone at the size of the window, and by default', () => {
    expect(planScale({ width: 641, height: 479 }, WINDOW, 80)).toBe(1);
    expect(planScale({ width: 641, height: 479 }, WINDOW)).toBe(1);
  });

  it('enlarges for smaller faces and shrinks for larger ones', () => {
    expect(planScale({ width: 640, height: 480 }, WINDOW, 40)).toBe(2);
    expect(planScale({ width: 640, height: 480 }, WINDOW, 160)).toBe(0.5);
  });

  it('by default shrinks only what is above the limits, and never above them', () => {
    fc.assert(
      fc.property(size, (image) => {
        const scale = planScale(image, WINDOW);
        const pixels = image.width * image.height;
        if (pixels <= DEFAULT_MAX_PIXELS && Math.max(image.width, image.height) <= MAX_SCALED_SIDE) {
          expect(scale).toBe(1);
        }
        expect(scale).toBeLessThanOrEqual(1);
        expect(scale * Math.max(image.width, image.height)).toBeLessThanOrEqual(MAX_SCALED_SIDE + 1e-6);
        expect(scale ** 2 * pixels).toBeLessThanOrEqual(DEFAULT_MAX_PIXELS * (1 + 1e-12));
      }),
    );
  });

  it('stays within the limits or refuses with a size that works, and of which one less would not', () => {
    fc.assert(
      fc.property(size, minFaceSize, (image, wanted) => {
        const hint = hintOf(image, wanted);
        if (hint === null) {
          const scale = planScale(image, WINDOW, wanted);
          expect(scale ** 2 * image.width * image.height).toBeLessThanOrEqual(
            MAX_SCALED_PIXELS * (1 + 1e-12),
          );
          expect(scale * Math.max(image.width, image.height)).toBeLessThanOrEqual(MAX_SCALED_SIDE + 1e-6);
          expect(scale).toBe(WINDOW / wanted);
          return;
        }
        expect(hint).toBeGreaterThan(wanted);
        expect(hintOf(image, hint)).toBe(null);
        if (hint - 1 >= 10) expect(hintOf(image, hint - 1)).toBe(hint);
      }),
      { numRuns: 500 },
    );
  });

  it('names a size that works even where it is a whole number', () => {
    // 3,750 k² pixels at k give exactly the limit.
    fc.assert(
      fc.property(fc.integer({ min: 81, max: 2_000 }), (k) => {
        const hint = hintOf({ width: 3_750 * k, height: k }, k - 1) ?? k;
        expect(hint).toBeGreaterThan(k - 1);
        expect(hintOf({ width: 3_750 * k, height: k }, hint)).toBe(null);
      }),
    );
  });

  it.each([9, 0, -80, 10_001, Number.NaN, Number.POSITIVE_INFINITY, '80', null])(
    'refuses %s as a face size',
    (wanted) => {
      expect(() => planScale({ width: 100, height: 100 }, WINDOW, wanted as number)).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }),
      );
    },
  );

  it('throws errors of the one class', () => {
    expect(() => planScale({ width: 9_000, height: 9_000 }, WINDOW, 20)).toThrow(FaceTriggerError);
  });
});
