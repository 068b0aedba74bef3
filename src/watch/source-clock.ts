import { ClockJumps, type Clocks, MACHINE_CLOCKS } from './clock-jumps.ts';

/** Options of {@link SourceClock}. */
export interface SourceClockOptions {
  /** Whether what it gives happens now; else it is a film, whose times only its start says. */
  readonly live: boolean;
  /** Of the first frame, milliseconds since 1970. @defaultValue now */
  readonly startTime?: number | undefined;
  /** @defaultValue the machine's */
  readonly clocks?: Clocks | undefined;
}

/** When something happened that a source gave, in the time of day: of a live one also after the clock was set. */
export class SourceClock {
  readonly #jumps: ClockJumps | null;
  #start: number;

  constructor({ live, startTime, clocks = MACHINE_CLOCKS }: SourceClockOptions) {
    this.#jumps = live ? new ClockJumps(clocks) : null;
    this.#start = startTime ?? clocks.wall();
  }

  /** Of the first frame, milliseconds since 1970. */
  get start(): number {
    this.#start += this.#jumps?.take() ?? 0;
    return this.#start;
  }

  /** @param timeMs - milliseconds since the first frame @returns milliseconds since 1970 */
  at(timeMs: number): number {
    return this.start + timeMs;
  }
}
