/**
 * A queue between two tasks: the one that fills it waits while it is full, the one that empties it while it is empty.
 */
export class AsyncQueue<T> {
  readonly #capacity: number;
  #items: T[] = [];
  #ended = false;
  #error: { readonly value: unknown } | null = null;
  #wakeReader: (() => void) | null = null;
  #wakeWriter: (() => void) | null = null;

  /** @param capacity - items held at most, integer >= 1 */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Items waiting. */
  get size(): number {
    return this.#items.length;
  }

  /** Adds an item, when there is room. @returns false when the queue was closed: nobody will read it */
  async push(item: T): Promise<boolean> {
    while (this.#items.length >= this.#capacity && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wakeWriter = resolve;
      });
    }
    if (this.#ended) return false;
    this.#items.push(item);
    this.#wakeReader?.();
    return true;
  }

  /** No more items; those inside are still read. With an error, that is thrown after them. */
  end(...error: [] | [unknown]): void {
    if (this.#ended) return;
    this.#ended = true;
    if (error.length > 0) this.#error = { value: error[0] };
    this.#wakeReader?.();
    this.#wakeWriter?.();
  }

  /** Ends it and forgets what is inside. */
  close(): void {
    this.#items = [];
    this.end();
  }

  /** Waits for at least one item and takes up to `max`. @returns empty after the end */
  async take(max = 1): Promise<T[]> {
    while (this.#items.length === 0) {
      if (this.#error) throw this.#error.value;
      if (this.#ended) return [];
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
      this.#wakeReader = null;
    }
    const taken = this.#items.splice(0, max);
    this.#wakeWriter?.();
    this.#wakeWriter = null;
    return taken;
  }

  /** All items until the end. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for (;;) {
      const [item] = await this.take();
      if (item === undefined) return;
      yield item;
    }
  }
}
