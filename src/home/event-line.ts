import type { WatchEvent } from '../watch/watch-event.ts';
import type { EventTeller } from './event-teller.ts';
import { SaidOnce } from './said-once.ts';

/** What an event goes through, in this order. */
export interface EventLineParts {
  /** Keeps an event. @returns the event as it is told, once it is on the disk */
  readonly keep?: ((event: WatchEvent) => Promise<WatchEvent>) | undefined;
  /** Adds events that follow from one that was kept; they are kept too. */
  readonly follow?: ((event: WatchEvent) => Promise<readonly WatchEvent[]>) | undefined;
  /** Those who are told; asked for with each event. */
  readonly tellers: () => readonly EventTeller[];
  /** Told of failures; one teller's failure is not another's. */
  readonly log: (message: string) => void;
}

/** The one line of events of a home: whatever camera an event is of, it is kept first and then told, in order. */
export class EventLine {
  readonly #parts: EventLineParts;
  readonly #said: SaidOnce;
  readonly #listeners = new Set<(event: WatchEvent) => void>();
  #last: Promise<void> = Promise.resolve();

  constructor(parts: EventLineParts) {
    this.#parts = parts;
    this.#said = new SaidOnce(parts.log);
  }

  /** Takes the next event. @returns when it is kept and told */
  tell(event: WatchEvent): Promise<void> {
    const told = this.#last.then(() => this.#tell(event));
    this.#last = told;
    return told;
  }

  /** Looks at something between two events. @returns when what follows from it is kept and told */
  look(work: () => Promise<readonly WatchEvent[]>): Promise<void> {
    const what = 'what was decided about people';
    const looked = this.#last.then(async () => {
      try {
        for (const event of await work()) await this.#keepAndPass(event);
        this.#said.worked(what);
      } catch (error) {
        // It is looked at every second.
        this.#said.failed(what, error);
      }
    });
    this.#last = looked;
    return looked;
  }

  /** Listens to events once they are kept; what a listener throws is logged. @returns ends it */
  subscribe(listener: (event: WatchEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Settles when everything so far is told. */
  settled(): Promise<void> {
    return this.#last;
  }

  async #tell(event: WatchEvent): Promise<void> {
    const { keep, follow } = this.#parts;
    const kept = await this.#try('keeping an event', () => keep?.(event), event);
    const added = await this.#try('presence', () => follow?.(kept), []);
    await this.#pass(kept);
    for (const next of added) await this.#keepAndPass(next);
  }

  async #keepAndPass(event: WatchEvent): Promise<void> {
    const { keep } = this.#parts;
    await this.#pass(await this.#try('keeping an event', () => keep?.(event), event));
  }

  async #pass(event: WatchEvent): Promise<void> {
    for (const listener of this.#listeners)
      await this.#try('a listener', async () => listener(event), undefined);
    for (const teller of this.#parts.tellers()) {
      await this.#try(teller.name, () => teller.handle(event), undefined);
    }
  }

  async #try<Result>(
    what: string,
    work: () => Promise<Result> | undefined,
    otherwise: Result,
  ): Promise<Result> {
    try {
      return (await work()) ?? otherwise;
    } catch (error) {
      this.#parts.log(`${what}: ${(error as Error).message}`);
      return otherwise;
    }
  }
}
