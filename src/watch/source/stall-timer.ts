/** Options of {@link StallTimer}. */
export interface StallTimerOptions {
  /** Milliseconds without a sign of life after which it has stalled. */
  readonly stallMs: number;
  /** Called once, with the milliseconds for which there was none. */
  readonly onStall: (silentMs: number) => void;
}

/**
 * How many times as long a stream may take to its first picture: it has to be connected to, and its format to be found
 * out from what comes, which takes five seconds on an idle machine and several times that on a busy one.
 */
const OPENING = 3;
/** A timer that is later than this was held up with the whole process, which cannot have seen what came meanwhile. */
const HELD_UP_MS = 1000;

/**
 * Notices that a stream gives nothing any more.
 *
 * @remarks What counts is what arrives, however little of it anybody looks at; and time in which this process itself
 * did not run, as on a machine that slept, says nothing of the stream.
 */
export class StallTimer {
  readonly #options: StallTimerOptions;
  #limitMs: number;
  #aliveAt = performance.now();
  #timer: NodeJS.Timeout;

  constructor(options: StallTimerOptions) {
    this.#options = options;
    this.#limitMs = OPENING * options.stallMs;
    this.#timer = this.#start();
  }

  /** Something came: a part of a picture is enough. */
  alive(): void {
    this.#aliveAt = performance.now();
    if (this.#limitMs === this.#options.stallMs) {
      this.#timer.refresh();
      return;
    }
    this.#limitMs = this.#options.stallMs;
    clearTimeout(this.#timer);
    this.#timer = this.#start();
  }

  /** Watches no more. */
  close(): void {
    clearTimeout(this.#timer);
  }

  #start(): NodeJS.Timeout {
    return setTimeout(() => this.#check(), this.#limitMs);
  }

  #check(): void {
    const silentMs = performance.now() - this.#aliveAt;
    if (silentMs - this.#limitMs <= HELD_UP_MS) {
      this.#options.onStall(this.#limitMs);
      return;
    }
    this.#aliveAt = performance.now();
    this.#timer = this.#start();
  }
}
