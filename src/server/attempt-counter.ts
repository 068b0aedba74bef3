/** How long an attempt counts. */
const WINDOW_MS = 60_000;
/** Most that are counted; whoever came first is forgotten first. */
const MAX_COUNTED = 10_000;

/** Counts what somebody tries within a minute, by a clock that nobody can set. */
export class AttemptCounter {
  readonly #attempts = new Map<string, { count: number; readonly until: number }>();

  /** Counts an attempt. @returns how many there were within the minute, with this one */
  add(who: string): number {
    const now = performance.now();
    const known = this.#attempts.get(who);
    if (known && known.until > now) return ++known.count;
    this.#attempts.delete(who);
    const [first] = this.#attempts.keys();
    if (first !== undefined && this.#attempts.size >= MAX_COUNTED) this.#attempts.delete(first);
    this.#attempts.set(who, { count: 1, until: now + WINDOW_MS });
    return 1;
  }

  /** Forgets somebody's attempts. */
  forget(who: string): void {
    this.#attempts.delete(who);
  }
}
