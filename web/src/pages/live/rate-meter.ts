/** Time that a rate is taken over: short enough to follow, long enough to stand still. */
const WINDOW_MS = 3000;

/** Says how often something happens. */
export interface RateMeter {
  /** Notes that it happened. @returns times per second of late */
  count(now: number): number;
}

export function createRateMeter(): RateMeter {
  let times: number[] = [];
  return {
    count: (now) => {
      times = [...times.filter((time) => now - time < WINDOW_MS), now];
      const first = times[0]!;
      return now > first ? ((times.length - 1) * 1000) / (now - first) : 0;
    },
  };
}
