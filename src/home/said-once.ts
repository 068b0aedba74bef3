/** Says a failure when it begins and when it is over, and not each time between. */
export class SaidOnce {
  readonly #log: (message: string) => void;
  readonly #failing = new Map<string, string>();

  constructor(log: (message: string) => void) {
    this.#log = log;
  }

  /** Something failed. */
  failed(what: string, error: unknown): void {
    const { message } = error as Error;
    if (this.#failing.get(what) === message) return;
    this.#failing.set(what, message);
    this.#log(`${what}: ${message}`);
  }

  /** It worked. */
  worked(what: string): void {
    if (this.#failing.delete(what)) this.#log(`${what}: all is well again`);
  }
}
