import { ClockJumps, type Clocks } from './clock-jumps.ts';

/** What happened before the clock was set may come so long after. */
const UNDER_WAY_MS = 10_000;

/** The clock on the wall, for somebody who waits by it: tells when it was set. */
export class SetClock {
  readonly #clocks: Clocks;
  readonly #onSet: (byMs: number) => void;
  readonly #jumps: ClockJumps;
  #lastJump = { by: 0, at: Number.NEGATIVE_INFINITY };

  /** @param onSet - told by how many milliseconds it was set, before any time is told by it */
  constructor(clocks: Clocks, onSet: (byMs: number) => void) {
    this.#clocks = clocks;
    this.#onSet = onSet;
    this.#jumps = new ClockJumps(clocks);
  }

  /** Milliseconds since 1970. */
  now(): number {
    const by = this.#jumps.take();
    if (by !== 0) {
      this.#onSet(by);
      this.#lastJump = { by, at: this.#clocks.steady() };
    }
    return this.#clocks.wall();
  }

  /** A time of just now by the clock as it is: it may have been set since. */
  byNow(time: number): number {
    const now = this.now();
    const { by, at } = this.#lastJump;
    if (this.#clocks.steady() - at > UNDER_WAY_MS) return time;
    return Math.abs(time + by - now) < Math.abs(time - now) ? time + by : time;
  }
}
