import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceText } from '../../web/src/components/distance-text.ts';
import { ticksUpTo } from '../../web/src/pages/evaluate/ticks-up-to.ts';

describe("ticks of the page's charts", () => {
  it('are round numbers up to the range of each metric', () => {
    expect(ticksUpTo(1.2)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1, 1.2]);
    expect(ticksUpTo(0.5)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(ticksUpTo(20)).toEqual([0, 5, 10, 15, 20]);
  });

  it('begin at 0, rise by equal steps, and end at most one step before the end', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e4, noNaN: true }), (end) => {
        const ticks = ticksUpTo(end);
        const step = ticks[1]!;
        expect(ticks[0]).toBe(0);
        expect(ticks.length).toBeGreaterThanOrEqual(4);
        expect(ticks.length).toBeLessThanOrEqual(10);
        expect(Number((step / 10 ** Math.floor(Math.log10(step) + 1e-9)).toPrecision(6))).toBeOneOf([
          1, 2, 5,
        ]);
        for (const [i, tick] of ticks.entries()) expect(tick / step).toBeCloseTo(i, 3);
        expect(ticks.at(-1)!).toBeLessThanOrEqual(end * (1 + 1e-5));
        expect(ticks.at(-1)!).toBeGreaterThan(end - step * (1 + 1e-3));
      }),
    );
  });
});

describe('distances on the page', () => {
  it('have as many decimals as tell the hundredth part of the range', () => {
    expect(distanceText(0.123456, 1.2)).toBe('0.12');
    expect(distanceText(0.123456, 1)).toBe('0.12');
    expect(distanceText(0.123456, 0.5)).toBe('0.123');
    expect(distanceText(12.3456, 20)).toBe('12.3');
    expect(distanceText(123.456, 200)).toBe('123');
  });
});
