import { once } from 'node:events';
import { type ErrorDetails, FaceTriggerError } from '../../core/errors.ts';
import { isError } from '../../core/is-kind.ts';
import { printable, printableJson, printableLines } from '../../core/text/printable.ts';
import { redact } from '../../watch/source/redact.ts';
import { ProgressBar } from './progress-bar.ts';

/** What a command prints with: results to stdout, all else to stderr. */
export class Output {
  readonly #bar: ProgressBar;
  readonly #title: string;
  readonly #signal: AbortSignal;
  readonly #goOn: string | undefined;
  #at: { readonly done: number; readonly total: number | null; readonly title: string } | null = null;

  /**
   * @param title - of the progress bar
   * @param options.progress - false: no bar, even on a terminal
   * @param options.signal - once aborted, printing waits no more for a slow reader
   * @param options.goOn - what an interrupted run is answered with: how to go on from there
   */
  constructor(
    title: string,
    options: {
      readonly progress?: boolean | undefined;
      readonly signal: AbortSignal;
      readonly goOn?: string | undefined;
    },
  ) {
    this.#bar = new ProgressBar(title, { enabled: options.progress ?? true });
    this.#title = title;
    this.#signal = options.signal;
    this.#goOn = options.goOn;
  }

  /** Prints a line to stdout, at the speed of whoever reads it. */
  async line(text: string): Promise<void> {
    this.#bar.clear();
    if (process.stdout.write(`${printableLines(text)}\n`) || this.#signal.aborted) return;
    await once(process.stdout, 'drain', { signal: this.#signal }).catch(() => undefined);
  }

  /** Prints an object as one line of JSON. */
  json(value: unknown): Promise<void> {
    return this.line(printableJson(value));
  }

  /** Prints a remark to stderr. */
  note(text: string): void {
    this.#bar.clear();
    process.stderr.write(`${printableLines(text)}\n`);
  }

  /** Prints to stderr why an input failed. */
  failure(input: string, error: unknown): void {
    const { code, message } = describeError(error);
    this.note(`${printable(input)}: ${printableLines(message)} (${code})`);
  }

  /**
   * Moves the progress bar; another title is that of a later part of the work.
   *
   * @param total - `null` while nobody knows
   */
  progress(done: number, total: number | null, title = this.#title): void {
    this.#at = { done, total, title };
    this.#bar.update(done, total, title);
  }

  /**
   * Takes the progress bar away; of work that was interrupted it says how far it came and how to go on.
   *
   * @param facts - what was found until then, such as "12 faces"
   */
  end(facts?: string): void {
    this.#bar.clear();
    const at = this.#at;
    this.#at = null;
    if (!this.#signal.aborted || (at !== null && at.total !== null && at.done >= at.total)) return;
    const found = facts === undefined ? '' : ` (${facts})`;
    const of = at === null || at.total === null ? '' : ` of ${at.total}`;
    const far = at === null ? 'nothing done yet' : `${at.done}${of} done${found}`;
    this.note(`stopped: ${at?.title ?? this.#title}, ${far}`);
    if (this.#goOn !== undefined) this.note(this.#goOn);
  }
}

/** An error in `--json`. */
export interface DescribedError {
  readonly code: string;
  readonly message: string;
  readonly details?: ErrorDetails | undefined;
}

/** An error as users see it: face-trigger's code, or that of the system, and no secret of an address that it names. */
export function describeError(error: unknown): DescribedError {
  const described = codeAndMessage(firstError(error));
  return { ...described, message: redact(described.message) };
}

/** The error that came first, where closing something failed as well while it was on its way. */
export function firstError(error: unknown): unknown {
  let first = error;
  while (isError(first) && first.name === 'SuppressedError' && 'suppressed' in first)
    first = first.suppressed;
  return first;
}

function codeAndMessage(error: unknown): DescribedError {
  if (error instanceof FaceTriggerError) {
    const { code, message, details } = error;
    return { code, message, ...(details && { details }) };
  }
  if (!isError(error)) return { code: 'ERR_UNEXPECTED', message: String(error) };
  const code = (error as NodeJS.ErrnoException).code;
  return { code: typeof code === 'string' ? code : 'ERR_UNEXPECTED', message: error.message };
}
