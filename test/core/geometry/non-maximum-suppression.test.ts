import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, boxArea, intersectionArea } from '../../../src/core/geometry/box.ts';
import { suppressOverlaps } from '../../../src/core/geometry/non-maximum-suppression.ts';

const candidate = fc
  .record({
    left: fc.integer({ min: 0, max: 60 }),
    top: fc.integer({ min: 0, max: 60 }),
    width: fc.integer({ min: 1, max: 40 }),
    height: fc.integer({ min: 1, max: 40 }),
  })
  .map((box) => ({ box }));
const candidates = fc.array(candidate, { maxLength: 40 });
/** The thresholds that stand in dlib's detector file. */
const OPTIONS = { maxOverlap: 0.33828, maxCovered: 0.8 };

function overlap(a: Box, b: Box): boolean {
  const inner = intersectionArea(a, b);
  const width = Math.max(a.left + a.width, b.left + b.width) - Math.min(a.left, b.left);
  const height = Math.max(a.top + a.height, b.top + b.height) - Math.min(a.top, b.top);
  return (
    inner / (width * height) > OPTIONS.maxOverlap ||
    inner / boxArea(a) > OPTIONS.maxCovered ||
    inner / boxArea(b) > OPTIONS.maxCovered
  );
}

describe('suppressOverlaps', () => {
  it('keeps the best, and no two that overlap', () => {
    fc.assert(
      fc.property(candidates, (list) => {
        const kept = suppressOverlaps(list, OPTIONS);
        expect(kept[0]).toBe(list[0]);
        kept.forEach((a, i) => {
          for (const b of kept.slice(i + 1)) expect(overlap(a.box, b.box)).toBe(false);
        });
      }),
    );
  });

  it('drops a box only because a better one that is kept overlaps it', () => {
    fc.assert(
      fc.property(candidates, (list) => {
        const kept = new Set(suppressOverlaps(list, OPTIONS));
        list.forEach((a, i) => {
          const better = list.slice(0, i).filter((b) => kept.has(b));
          expect(kept.has(a)).toBe(!better.some((b) => overlap(a.box, b.box)));
        });
      }),
    );
  });

  it('gives its own answer again when it is asked twice', () => {
    fc.assert(
      fc.property(candidates, (list) => {
        const once = suppressOverlaps(list, OPTIONS);
        expect(suppressOverlaps(once, OPTIONS)).toEqual(once);
      }),
    );
  });

  it('looks at cover only when it is told to', () => {
    const big = { box: { left: 0, top: 0, width: 40, height: 40 } };
    const inside = { box: { left: 10, top: 10, width: 10, height: 10 } };
    expect(suppressOverlaps([big, inside], { maxOverlap: 0.4 })).toEqual([big, inside]);
    expect(suppressOverlaps([big, inside], { maxOverlap: 0.4, maxCovered: 0.8 })).toEqual([big]);
  });
});
