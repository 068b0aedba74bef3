import type { WatchEvent } from '../watch/watch-event.ts';

/** Tells others what happened: triggers, a broker, another program. */
export interface EventTeller {
  /** Unique among the tellers of a home, and the same after a restart: its cursor is kept under it. */
  readonly name: string;
  /** Takes the next event. @returns when it needs not be told again, unless {@link EventTeller.settled} says when */
  handle(event: WatchEvent): Promise<void>;
  /**
   * Settles when all that was handled so far needs not be told again, whatever happens to this process. Absent: it is so
   * when `handle` has settled.
   */
  settled?(): Promise<void>;
  /** People came into the gallery, went, or are called otherwise: what shows them is brought up to that. */
  refresh?(): Promise<void>;
  /** Lets what is under way finish, for a while. */
  close(): Promise<void>;
}
