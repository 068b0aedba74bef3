/** A number of places, which work holds while it runs; who comes first is first. */
export class Places {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param count - integer >= 1 */
  constructor(count: number) {
    this.#free = count;
  }

  async hold<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
