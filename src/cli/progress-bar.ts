import { displayWidth } from './printable.ts';

/** Where a {@link ProgressBar} is drawn: `process.stderr` or alike. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const CLEAR_LINE = '\r\u001b[2K';
const BAR_WIDTH = 24;
/** Drawing more often than this many milliseconds apart cannot be seen and costs time. */
const REDRAW_MS = 80;

/** One line at the bottom of a terminal that shows how far the work is; silent where there is no terminal. */
export class ProgressBar {
  readonly #stream: ProgressStream;
  readonly #enabled: boolean;
  readonly #title: string;
  #drawn = false;
  #lastDraw = Number.NEGATIVE_INFINITY;

  /**
   * @param title - what is being done, such as "detecting"
   * @param options.enabled - false keeps it silent on a terminal too
   */
  constructor(title: string, options: { readonly stream?: ProgressStream; readonly enabled?: boolean } = {}) {
    this.#title = title;
    this.#stream = options.stream ?? process.stderr;
    this.#enabled = (options.enabled ?? true) && this.#stream.isTTY === true;
  }

  /** Shows that `done` of `total` pieces are finished, of the work that the title names. */
  update(done: number, total: number, title = this.#title): void {
    const now = performance.now();
    if (!this.#enabled || total <= 1 || (now - this.#lastDraw < REDRAW_MS && done < total)) return;
    this.#lastDraw = now;
    const filled = Math.round((done / total) * BAR_WIDTH);
    const bar = `${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}`;
    const line = `${title} [${bar}] ${done}/${total}`;
    // A line that is wrapped could not be cleared again.
    if (displayWidth(line) >= (this.#stream.columns ?? 80)) return;
    this.#stream.write(CLEAR_LINE + line);
    this.#drawn = true;
  }

  /** Takes the line away, so that others can be printed; the next update brings it back. */
  clear(): void {
    if (!this.#drawn) return;
    this.#stream.write(CLEAR_LINE);
    this.#drawn = false;
    this.#lastDraw = Number.NEGATIVE_INFINITY;
  }
}
