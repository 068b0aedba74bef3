import { displayWidth } from './display-width.ts';

/** Where a {@link ProgressBar} is drawn: `process.stderr` or alike. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Options of {@link ProgressBar}. */
export interface ProgressBarOptions {
  readonly stream?: ProgressStream | undefined;
  /** false keeps it silent on a terminal too. */
  readonly enabled?: boolean | undefined;
  /** Milliseconds that only rise. @defaultValue performance.now */
  readonly now?: (() => number) | undefined;
}

const CLEAR_LINE = '\r\u001b[2K';
const BAR_WIDTH = 24;
/** Drawing more often than this many milliseconds apart cannot be seen and costs time. */
const REDRAW_MS = 80;
/** Before this many milliseconds a rate would be a guess. */
const MEASURE_MS = 1000;

/**
 * One line at the bottom of a terminal: how far the work is, how fast it goes and when it will be done. Silent where
 * there is no terminal.
 */
export class ProgressBar {
  readonly #stream: ProgressStream;
  readonly #enabled: boolean;
  readonly #title: string;
  readonly #now: () => number;
  #drawn = false;
  #lastDraw = Number.NEGATIVE_INFINITY;
  #start = { title: '', done: 0, time: 0 };

  /** @param title - what is being done, such as "detecting" */
  constructor(title: string, options: ProgressBarOptions = {}) {
    this.#title = title;
    this.#stream = options.stream ?? process.stderr;
    this.#enabled = (options.enabled ?? true) && this.#stream.isTTY === true;
    this.#now = options.now ?? (() => performance.now());
  }

  /**
   * Shows that `done` of `total` pieces are finished, of the work that the title names.
   *
   * @param total - `null` while nobody knows
   */
  update(done: number, total: number | null, title = this.#title): void {
    const now = this.#now();
    // What was there before this run, or took no time, says nothing about the rest.
    if (title !== this.#start.title || done < this.#start.done) this.#start = { title, done, time: now };
    const isLast = total !== null && done >= total;
    if (!this.#enabled || (total !== null && total <= 1)) return;
    if (now - this.#lastDraw < REDRAW_MS && !isLast) return;
    this.#lastDraw = now;
    const line = this.#forms(done, total, { title, now }).find(
      // A line that is wrapped could not be cleared again.
      (form) => displayWidth(form) < (this.#stream.columns ?? 80),
    );
    if (line === undefined) return;
    this.#stream.write(CLEAR_LINE + line);
    this.#drawn = true;
  }

  /** Lines that say it, the longest first. */
  #forms(
    done: number,
    total: number | null,
    { title, now }: { readonly title: string; readonly now: number },
  ): string[] {
    const speed = this.#speed(done, total, now);
    if (total === null) return [[title, done, ...speed].join(' '), `${title} ${done}`];
    const share = Math.min(1, done / total);
    const filled = Math.round(share * BAR_WIDTH);
    const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}]`;
    const count = `${done}/${total} ${Math.floor(100 * share)} %`;
    return [
      [title, bar, count, ...speed],
      [title, count, ...speed],
      [title, count, ...speed.slice(1)],
      [title, count],
    ].map((parts) => parts.join(' '));
  }

  /** Takes the line away, so that others can be printed; the next update brings it back. */
  clear(): void {
    if (!this.#drawn) return;
    this.#stream.write(CLEAR_LINE);
    this.#drawn = false;
    this.#lastDraw = Number.NEGATIVE_INFINITY;
  }

  #speed(done: number, total: number | null, now: number): string[] {
    const seconds = (now - this.#start.time) / 1000;
    const pieces = done - this.#start.done;
    if (pieces <= 0 || seconds * 1000 < MEASURE_MS) return [];
    const rate = pieces / seconds;
    const shown = rate >= 1 ? `${rate.toFixed(rate < 10 ? 1 : 0)}/s` : `${(rate * 60).toFixed(1)}/min`;
    return total !== null && done < total
      ? [shown, `${describeSeconds((total - done) / rate)} left`]
      : [shown];
  }
}

/** "42 s", "3 min 5 s", "2 h 10 min". @param seconds - at least 0; rounded up */
export function describeSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
