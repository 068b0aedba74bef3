import { once } from 'node:events';
import { FaceTriggerError } from '../errors.ts';
import { isError } from '../is-kind.ts';
import { printable, printableJson, printableLines } from '../text/printable.ts';
import { ProgressBar } from './progress-bar.ts';

/** What a command prints with: results to stdout, all else to stderr. */
export class Output {
  readonly #bar: ProgressBar;
  readonly #signal: AbortSignal;

  /**
   * @param title - of the progress bar
   * @param options.progress - false: no bar, even on a terminal
   * @param options.signal - once aborted, printing waits no more for a slow reader
   */
  constructor(
    title: string,
    options: { readonly progress?: boolean | undefined; readonly signal: AbortSignal },
  ) {
    this.#bar = new ProgressBar(title, { enabled: options.progress ?? true });
    this.#signal = options.signal;
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

  /** Moves the progress bar; another title is that of a later part of the work. */
  progress(done: number, total: number, title?: string): void {
    this.#bar.update(done, total, title);
  }

  /** Takes the progress bar away. */
  end(): void {
    this.#bar.clear();
  }
}

/** An error as users see it: face-trigger's code, or that of the system. */
export function describeError(error: unknown): { code: string; message: string } {
  if (error instanceof FaceTriggerError) return { code: error.code, message: error.message };
  if (!isError(error)) return { code: 'ERR_UNEXPECTED', message: String(error) };
  const code = (error as NodeJS.ErrnoException).code;
  return { code: typeof code === 'string' ? code : 'ERR_UNEXPECTED', message: error.message };
}
