/** How long an attempt counts. */
const WINDOW_MS = 60_000;
/** Most that are counted; whoever came first is forgotten first. */
const MAX_COUNTED = 10_000;

/** How many attempts there were within the minute, with this one, and how much of the minute is left. */
export interface AttemptState {
  readonly count: number;
  readonly leftMs: number;
}

/** Counts what somebody tries within a minute: on this server, or on all that belong together. */
export interface Attempts {
  add(who: string): AttemptState | Promise<AttemptState>;
}

/** Counts what somebody tries within a minute, by a clock that nobody can set. */
export class AttemptCounter implements Attempts {
  readonly #attempts = new Map<string, { count: number; readonly until: number }>();

  /** Counts an attempt. */
  add(who: string): AttemptState {
    const now = performance.now();
    const known = this.#attempts.get(who);
    if (known && known.until > now) return { count: ++known.count, leftMs: known.until - now };
    this.#attempts.delete(who);
    const [first] = this.#attempts.keys();
    if (first !== undefined && this.#attempts.size >= MAX_COUNTED) this.#attempts.delete(first);
    this.#attempts.set(who, { count: 1, until: now + WINDOW_MS });
    return { count: 1, leftMs: WINDOW_MS };
  }

  /** Forgets somebody's attempts. */
  forget(who: string): void {
    this.#attempts.delete(who);
  }
}
