/** Steps to take at the end, last one first; Node 20 has no AsyncDisposableStack. */
export class Cleanup implements AsyncDisposable {
  readonly #steps: (() => unknown)[] = [];

  /** Adds a step. */
  defer(step: () => unknown): void {
    this.#steps.push(step);
  }

  /** Takes every step, also when one fails. @throws the first failure */
  async [Symbol.asyncDispose](): Promise<void> {
    let failure: { readonly error: unknown } | null = null;
    for (const step of this.#steps.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        failure ??= { error };
      }
    }
    if (failure) throw failure.error;
  }
}
