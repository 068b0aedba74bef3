import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StallTimer } from '../../../src/watch/source/stall-timer.ts';

describe('StallTimer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function timer() {
    const stalls: number[] = [];
    return { stalls, timer: new StallTimer({ stallMs: 10_000, onStall: (ms) => stalls.push(ms) }) };
  }

  it('gives a stream that is opened three times as long for its first picture', () => {
    const { stalls } = timer();
    vi.advanceTimersByTime(29_999);
    expect(stalls).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(stalls).toEqual([30_000]);
    vi.advanceTimersByTime(100_000);
    expect(stalls).toHaveLength(1);
  });

  it('counts from what came last, once something came', () => {
    const { stalls, timer: watched } = timer();
    vi.advanceTimersByTime(25_000);
    for (let i = 0; i < 10; i++) {
      watched.alive();
      vi.advanceTimersByTime(9_999);
    }
    expect(stalls).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(stalls).toEqual([10_000]);
  });

  it('takes no time for silence in which the process itself did not run', () => {
    const { stalls, timer: watched } = timer();
    watched.alive();
    const now = performance.now.bind(performance);
    // The clock goes on for a minute while no timer runs.
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + 60_000);
    vi.advanceTimersByTime(10_000);
    expect(stalls).toEqual([]);
    vi.advanceTimersByTime(9_999);
    expect(stalls).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(stalls).toEqual([10_000]);
    clock.mockRestore();
  });

  it('says nothing after it was closed', () => {
    const { stalls, timer: watched } = timer();
    watched.alive();
    watched.close();
    vi.advanceTimersByTime(100_000);
    expect(stalls).toEqual([]);
  });
});
