/**
 * A mailbox of one place between a producer that does not wait and a consumer that wants the newest thing.
 *
 * @remarks What is replaced before it was taken goes to `onDrop`.
 */
export class LatestFrame<T> {
  readonly #onDrop: (item: T) => void;
  #item: { readonly value: T } | null = null;
  #end: { readonly error: unknown } | null = null;
  #wake: (() => void) | null = null;

  constructor(onDrop: (item: T) => void) {
    this.#onDrop = onDrop;
  }

  /** Puts the newest item in; an older one that nobody took is dropped. */
  put(value: T): void {
    if (this.#item) this.#onDrop(this.#item.value);
    this.#item = { value };
    this.#wake?.();
  }

  /** Nothing more comes. @param error - thrown by `take` after the last item; absent: `take` gives null */
  end(error?: unknown): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  /**
   * Waits for the newest item.
   *
   * @returns null after the end
   */
  async take(): Promise<T | null> {
    while (this.#item === null) {
      if (this.#end) {
        if (this.#end.error !== undefined) throw this.#end.error;
        return null;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
    const { value } = this.#item;
    this.#item = null;
    return value;
  }
}
