import type { Clocks } from '../../src/watch/clock-jumps.ts';

/** Clocks that go as the test says. */
export function jumpingClocks(): Clocks & { pass(ms: number): void; set(byMs: number): void } {
  let wall = Date.parse('2026-11-28T12:00:00.000Z');
  let steady = 0;
  return {
    wall: () => wall,
    steady: () => steady,
    /** Time passes. */
    pass(ms) {
      wall += ms;
      steady += ms;
    },
    /** Somebody sets the clock on the wall. */
    set(byMs) {
      wall += byMs;
    },
  };
}
