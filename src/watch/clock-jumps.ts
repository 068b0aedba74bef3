/** The clock on the wall, which people and networks set, and one that runs evenly. */
export interface Clocks {
  /** Milliseconds since 1970. */
  wall(): number;
  /** Milliseconds of the process: it never jumps. */
  steady(): number;
}

/** Those of this machine. */
export const MACHINE_CLOCKS: Clocks = { wall: () => Date.now(), steady: () => performance.now() };

/** Smaller differences are how the two are read one after the other, and no jump. */
const LEAST_MS = 500;

/** Notices that the clock on the wall was set, as when a machine without a battery hears the time from the network. */
export class ClockJumps {
  readonly #clocks: Clocks;
  #difference: number;

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
    this.#difference = clocks.wall() - clocks.steady();
  }

  /** By how many milliseconds it was set since it was asked last; 0: it was not. */
  take(): number {
    const difference = this.#clocks.wall() - this.#clocks.steady();
    const by = difference - this.#difference;
    if (Math.abs(by) < LEAST_MS) return 0;
    this.#difference = difference;
    return by;
  }
}
