import { setTimeout as sleep } from 'node:timers/promises';
import type { AppearanceStore, KeptEvent } from '../gallery/stores/appearances/appearance-store.ts';
import type { WatchEvent } from '../watch/watch-event.ts';
import type { EventTeller } from './event-teller.ts';
import { LATE_EVENTS_AT_MOST } from './late-events.ts';
import { readKeptEvent } from './read-kept-event.ts';
import { SaidOnce } from './said-once.ts';

/** Options of {@link CursorTeller.open}. */
export interface CursorTellerOptions {
  readonly store: AppearanceStore;
  readonly log: (message: string) => void;
  /** Whether an event is in the store; one that the disk refused is told all the same. @defaultValue always */
  readonly isKept?: ((event: WatchEvent) => boolean) | undefined;
  /** First pause after a failure, in milliseconds; it doubles. @defaultValue 1000 */
  readonly retryMinMs?: number | undefined;
  /** Longest pause. @defaultValue 60000 */
  readonly retryMaxMs?: number | undefined;
}

/** Events read at once. */
const BATCH = 100;
/** Events handed over that are not safe yet, at most. */
const UNSAFE_AT_MOST = 256;
/** Failures in a row after which an event is given up. */
const TRIES = 8;
/** The longest pause before a store that failed is asked again. */
const STORE_RETRY_MAX_MS = 5000;
/** How long the end waits for what is under way. */
const GRACE_MS = 5000;

/**
 * Lets a teller tell what the store keeps, in order, and go on behind its cursor when the process was killed.
 *
 * @remarks The cursor moves on when what was told need not be told again. What was handed over after it may have been
 * told when the process ended, so it carries `repeat`.
 */
export class CursorTeller implements EventTeller {
  readonly name: string;
  readonly #inner: EventTeller;
  readonly #options: CursorTellerOptions;
  readonly #stop = new AbortController();
  readonly #said: SaidOnce;
  /** Events that were told before the store had them. */
  readonly #ahead = new Set<string>();
  /** The newest event of an earlier process. */
  readonly #earlier: number;
  /** How many events behind the cursor that process may have handed over. */
  #inDoubt: number;
  /** Handed over until here. */
  #handed: number;
  /** Safe until here. */
  #safe: number;
  /** Handed over and not safe. */
  #unsafe = 0;
  #wake: (() => void) | null = null;
  #running: Promise<void> = Promise.resolve();
  #saving: Promise<void> = Promise.resolve();

  private constructor(inner: EventTeller, cursor: number, earlier: number, options: CursorTellerOptions) {
    this.name = inner.name;
    this.#inner = inner;
    this.#options = options;
    this.#said = new SaidOnce(options.log);
    this.#handed = cursor;
    this.#safe = cursor;
    this.#earlier = earlier;
    this.#inDoubt = inner.settled ? UNSAFE_AT_MOST + 1 : 1;
  }

  /** A teller that is new begins with the next event; another one behind its cursor. */
  static async open(inner: EventTeller, options: CursorTellerOptions): Promise<CursorTeller> {
    const { store } = options;
    const last = await store.lastEvent();
    const known = (await store.tellers()).find(({ name }) => name === inner.name);
    if (!known) await store.transaction((rows) => rows.setTeller({ name: inner.name, seq: last }));
    const teller = new CursorTeller(inner, known?.seq ?? last, last, options);
    teller.#running = teller.#run();
    return teller;
  }

  /** The event is in the store: it is told when its turn comes. */
  async handle(event: WatchEvent): Promise<void> {
    if (this.#options.isKept?.(event) === false) await this.#tellAhead(event);
    this.#wake?.();
  }

  async #tellAhead(event: WatchEvent): Promise<void> {
    await this.#inner.handle(event);
    this.#ahead.add(event.id);
    if (this.#ahead.size <= LATE_EVENTS_AT_MOST) return;
    const [oldest] = this.#ahead;
    this.#ahead.delete(oldest!);
  }

  async refresh(): Promise<void> {
    await this.#inner.refresh?.();
  }

  async close(): Promise<void> {
    // Where the store is lost, whoever is told is let go all the same.
    const drained = this.#drained().catch((error: Error) =>
      this.#options.log(`${this.name}: what was not told yet is told after the next start: ${error.message}`),
    );
    await Promise.race([drained, sleep(GRACE_MS, undefined, { ref: false })]);
    this.#stop.abort();
    this.#wake?.();
    await this.#inner.close();
    await Promise.race([this.#running, sleep(GRACE_MS, undefined, { ref: false })]);
    await this.#saving;
  }

  async #drained(): Promise<void> {
    const last = await this.#options.store.lastEvent();
    this.#wake?.();
    while (this.#safe < last && !this.#stop.signal.aborted) await sleep(10, undefined, { ref: false });
  }

  async #run(): Promise<void> {
    const { store } = this.#options;
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted; ) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      try {
        const events = await store.eventsAfter(this.#handed, BATCH);
        for (const event of events) await this.#tell(event);
        failures = 0;
        this.#said.worked(this.name);
        if (events.length === 0 && !signal.aborted) await woken;
      } catch (error) {
        if (signal.aborted) return;
        this.#said.failed(this.name, error);
        // An event that was kept meanwhile says that the store is there again.
        await Promise.race([woken, this.#pause(failures++, STORE_RETRY_MAX_MS)]);
      }
    }
  }

  async #tell(event: KeptEvent): Promise<void> {
    const { signal } = this.#stop;
    const told = readKeptEvent(event);
    if (told === null) {
      // Nobody could be told, and those behind it wait for nothing.
      this.#options.log(`${this.name}: event ${event.id} is damaged in the store and is not told`);
      this.#handed = event.seq;
      return this.#whenSafe(event.seq);
    }
    if (this.#ahead.delete(event.id)) {
      this.#handed = event.seq;
      return this.#whenSafe(event.seq);
    }
    const isDoubtful = event.seq <= this.#earlier && this.#inDoubt-- > 0;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        await this.#inner.handle(isDoubtful ? { ...told, repeat: true } : told);
        break;
      } catch (error) {
        const isOver = failures + 1 >= TRIES;
        const what = isOver ? `event ${event.id} is given up` : `event ${event.id} is told again`;
        this.#options.log(`${this.name}: ${(error as Error).message}; ${what}`);
        if (isOver) break;
        await this.#pause(failures);
      }
    }
    if (signal.aborted) return;
    this.#handed = event.seq;
    await this.#whenSafe(event.seq);
  }

  async #whenSafe(seq: number): Promise<void> {
    this.#unsafe++;
    const settled = this.#inner.settled?.() ?? Promise.resolve();
    const saved = settled.then(() => this.#save(seq)).finally(() => this.#unsafe--);
    // What is safe at once is noted at once: as few events as possible are in doubt.
    if (!this.#inner.settled || this.#unsafe >= UNSAFE_AT_MOST) await Promise.race([saved, this.#aborted()]);
    else saved.catch(() => undefined);
  }

  #save(seq: number): Promise<void> {
    this.#saving = this.#saving.then(async () => {
      if (seq <= this.#safe) return;
      try {
        await this.#options.store.transaction((rows) => rows.setTeller({ name: this.name, seq }));
        this.#safe = seq;
      } catch (error) {
        this.#options.log(`${this.name}: could not note what was told: ${(error as Error).message}`);
      }
    });
    return this.#saving;
  }

  async #pause(failures: number, longestMs = Number.POSITIVE_INFINITY): Promise<void> {
    const { retryMinMs = 1000, retryMaxMs = 60_000 } = this.#options;
    const pause = Math.min(longestMs, retryMaxMs, retryMinMs * 2 ** failures);
    await sleep(pause, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }

  #aborted(): Promise<void> {
    const { signal } = this.#stop;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}
