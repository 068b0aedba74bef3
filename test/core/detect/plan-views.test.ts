import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  assertViewFacts,
  MAX_VIEW_PIXELS,
  planViews,
  type ViewFacts,
} from '../../../src/core/detect/plan-views.ts';

const FREE: ViewFacts = { window: null, usual: 'as it is', smallestFace: 20, largestFace: 512 };
const COSTLY: ViewFacts = {
  ...FREE,
  usual: 'fitted',
  usualSides: { width: 192, height: 192 },
  cheapPixels: 0,
  mostPixels: 40_000,
};
const FITTED: ViewFacts = {
  window: null,
  usual: 'fitted',
  usualSides: { width: 640, height: 640 },
  smallestFace: 12,
  largestFace: 512,
};
const FIXED: ViewFacts = {
  window: { width: 192, height: 192 },
  usual: 'fitted',
  smallestFace: 16,
  largestFace: 192,
};
const STRETCHED: ViewFacts = {
  window: { width: 320, height: 240 },
  usual: 'stretched',
  smallestFace: 16,
  largestFace: 240,
};
/** As little room between the smallest face and the window, or the largest face, as there may be. */
const TIGHT: ViewFacts = { ...FIXED, window: { width: 64, height: 90 }, smallestFace: 21 };
const SHORT: ViewFacts = { ...FREE, smallestFace: 20, largestFace: 40 };
const FAMILIES = { FREE, COSTLY, FITTED, FIXED, STRETCHED, TIGHT, SHORT };

const families = fc.constantFrom(...Object.values(FAMILIES));
// Tiny, usual, huge and narrow: up to what planScale takes of faces of 80 pixels.
const pictures = fc.oneof(
  fc.record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ width: fc.integer({ min: 41, max: 2000 }), height: fc.integer({ min: 41, max: 2000 }) }),
  fc.record({ width: fc.integer({ min: 2000, max: 9000 }), height: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ width: fc.integer({ min: 1, max: 60 }), height: fc.integer({ min: 2000, max: 9000 }) }),
  fc.record({ width: fc.integer({ min: 3000, max: 6000 }), height: fc.integer({ min: 3000, max: 6000 }) }),
);
const sizes = fc.option(fc.integer({ min: 24, max: 500 }), { nil: undefined });

describe('planViews', () => {
  it('shows no more at once than a window or the bound of memory', () => {
    fc.assert(
      fc.property(pictures, families, sizes, (picture, facts, minFaceSize) => {
        const bounds = facts.window ?? { width: Infinity, height: Infinity };
        const wrong = planViews(picture, facts, minFaceSize).flatMap(({ views }) =>
          views.filter(({ part, shown }) => {
            // Sides are rounded.
            const isBounded = (shown.width - 1) * (shown.height - 1) <= MAX_VIEW_PIXELS;
            const fits = shown.width <= bounds.width && shown.height <= bounds.height;
            const isPart =
              Math.min(part.left, part.top) >= 0 &&
              part.left + part.width <= picture.width &&
              part.top + part.height <= picture.height &&
              Number.isInteger(part.left + part.top + part.width + part.height);
            return !(isBounded && fits && isPart && Math.min(shown.width, shown.height) >= 1);
          }),
        );
        expect(wrong).toEqual([]);
      }),
    );
  });

  it('shows every face from the wanted size on whole, at least as large as the network needs it', () => {
    const place = fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    const factor = fc.double({ min: 1, max: 50, noNaN: true });
    fc.assert(
      fc.property(pictures, families, sizes, place, factor, (picture, facts, minFaceSize, at, larger) => {
        if (minFaceSize === undefined) return;
        const side = minFaceSize * larger;
        const [left, top] = [at[0] * (picture.width - side), at[1] * (picture.height - side)];
        if (side > Math.min(picture.width, picture.height)) return;
        const isShown = planViews(picture, facts, minFaceSize).some(({ views }) =>
          views.some(({ part, shown }) => {
            // Of one pixel of the picture, that is what rounded sides may take away.
            const seen = (side + 1) * Math.max(shown.width / part.width, shown.height / part.height);
            const isWhole =
              part.left <= left &&
              part.top <= top &&
              part.left + part.width >= left + side &&
              part.top + part.height >= top + side;
            return isWhole && seen >= facts.smallestFace * 0.95;
          }),
        );
        expect(isShown, `${JSON.stringify(picture)} ${minFaceSize} ${side}`).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('shows a network of costly pixels no more of them than the smallest wanted face needs', () => {
    const [finest] = planViews({ width: 640, height: 480 }, { ...COSTLY, mostPixels: 1_000_000 }, 32);
    expect(finest!.views.map(({ shown }) => shown)).toEqual([{ width: 400, height: 300 }]);
    const parts = planViews({ width: 640, height: 480 }, COSTLY, 32)[0]!.views;
    expect(parts.length).toBeGreaterThan(1);
    for (const { shown } of parts) expect(shown.width * shown.height).toBeLessThanOrEqual(40_000);
  });

  it('covers the picture at every level, and ends with a level that reaches to all of it', () => {
    fc.assert(
      fc.property(pictures, families, sizes, (picture, facts, minFaceSize) => {
        const levels = planViews(picture, facts, minFaceSize);
        for (const { views } of levels) {
          const right = Math.max(...views.map(({ part }) => part.left + part.width));
          const bottom = Math.max(...views.map(({ part }) => part.top + part.height));
          expect([right, bottom]).toEqual([picture.width, picture.height]);
        }
        const reaches = levels.map(({ reach }) => reach);
        expect(reaches).toEqual(reaches.toSorted((a, b) => a - b));
        expect(reaches.at(-1)).toBeGreaterThanOrEqual(Math.min(picture.width, picture.height));
      }),
    );
  });

  it('shows a smaller wanted size at least as finely as a larger one', () => {
    fc.assert(
      fc.property(pictures, families, fc.integer({ min: 24, max: 300 }), (picture, facts, size) => {
        const finest = (wanted: number) => {
          const { part, shown } = planViews(picture, facts, wanted)[0]!.views[0]!;
          // Of a stretched picture, what it is scaled to at least.
          return Math.min(shown.width / part.width, shown.height / part.height);
        };
        // A rounded side is at most one pixel off.
        const rounding = 1 / Math.min(picture.width, picture.height);
        expect(finest(size)).toBeGreaterThanOrEqual(finest(size * 1.5) * 0.98 - rounding);
      }),
    );
  });

  it.each([
    ['as it is', FREE, { width: 500, height: 375 }, { width: 500, height: 375 }],
    ['scaled to the usual sides', FITTED, { width: 500, height: 375 }, { width: 640, height: 480 }],
    ['scaled into its window', FIXED, { width: 500, height: 375 }, { width: 192, height: 144 }],
    ['stretched to its window', STRETCHED, { width: 360, height: 480 }, { width: 320, height: 240 }],
  ])('shows the picture %s unless a size is asked for', (_, facts, picture, shown) => {
    const levels = planViews(picture, facts);
    expect(levels).toHaveLength(1);
    expect(levels[0]!.views).toMatchObject([{ part: { left: 0, top: 0, ...picture }, shown }]);
  });

  it('does not stretch a picture of quite other proportions', () => {
    const [level] = planViews({ width: 300, height: 900 }, STRETCHED);
    expect(level!.views[0]!.shown).toEqual({ width: 80, height: 240 });
  });

  it('looks closer where the usual look would show nothing of a narrow picture', () => {
    const [finest] = planViews({ width: 4000, height: 100 }, FIXED);
    expect(finest!.views.length).toBeGreaterThan(10);
    const { part, shown } = finest!.views[0]!;
    expect(25 * (shown.width / part.width)).toBeGreaterThanOrEqual(FIXED.smallestFace - 1);
  });

  it.each([
    { ...FREE, smallestFace: 0 },
    { ...FREE, smallestFace: Number.NaN },
    { ...FREE, largestFace: 39 },
    { ...TIGHT, smallestFace: 22 },
  ])('needs room between the smallest face and the largest, or the window: %j', (facts) => {
    expect(() => assertViewFacts(facts)).toThrow(expect.objectContaining({ code: 'ERR_MODEL_FORMAT' }));
  });

  it.each(Object.entries(FAMILIES))('takes the facts %s', (_, facts) => {
    expect(() => assertViewFacts(facts)).not.toThrow();
  });

  it('refuses what would take too much work, with the smallest size that works', () => {
    for (const facts of Object.values(FAMILIES)) {
      const picture = { width: 9000, height: 9000 };
      let least = 0;
      try {
        planViews(picture, facts, 10);
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_IMAGE_TOO_LARGE' });
        least = Number(/at least (\d+)/.exec((error as Error).message)![1]);
      }
      expect(planViews(picture, facts, least).length).toBeGreaterThanOrEqual(1);
    }
    for (const wrong of [0, 9, -1, Number.NaN, 10_001]) {
      expect(() => planViews({ width: 100, height: 100 }, FREE, wrong)).toThrow(/10 to 10000/);
    }
  });

  it('shows a frame of video as it is where that is nearly the scale that its faces need', () => {
    const shown = (picture: { width: number; height: number }, minFaceSize: number) =>
      planViews(picture, FREE, minFaceSize)[0]!.views[0]!.shown;
    const frame = { width: 640, height: 480 };
    expect(shown(frame, 24)).toEqual(frame);
    expect(shown(frame, 20)).toEqual(frame);
    // Much smaller will do, or much is to be saved.
    expect(shown({ width: 800, height: 600 }, 40).width).toBeLessThan(640);
    expect(shown({ width: 1920, height: 1080 }, 24)).toEqual({ width: 1600, height: 900 });
  });
});
