import { describe, expect, it } from 'vitest';
import { SourceClock } from '../../src/watch/source-clock.ts';
import { jumpingClocks } from './jumping-clocks.ts';

describe('SourceClock', () => {
  it('tells the time of day of what a camera shows, also after the clock was set', () => {
    const clocks = jumpingClocks();
    const clock = new SourceClock({ live: true, clocks });
    clocks.pass(2000);
    expect(clock.at(2000)).toBe(clocks.wall());
    for (const by of [3_600_000, -86_400_000]) {
      clocks.set(by);
      clocks.pass(1000);
      expect(clock.at(clocks.steady())).toBe(clocks.wall());
    }
  });

  it('tells the time of a film by its start, whatever the clock says meanwhile', () => {
    const clocks = jumpingClocks();
    const clock = new SourceClock({ live: false, startTime: 5000, clocks });
    clocks.set(3_600_000);
    expect(clock.at(1000)).toBe(6000);
  });
});
