import type { WatchEvent } from '../watch-event.ts';
import { isInZone } from './match-trigger.ts';
import type { Trigger } from './trigger-schema.ts';

/** A trigger that fires once somebody was there for so long. */
export interface HeldFiring {
  readonly trigger: Trigger;
  /** Its place in the file. */
  readonly index: number;
  /** The event that began it. */
  readonly event: WatchEvent;
  /** Milliseconds since 1970. */
  readonly dueAt: number;
}

/**
 * Triggers with `for` that wait until somebody was there for so long; whoever leaves before that fires nothing.
 *
 * @remarks Goes by the times that it is told.
 */
export class HeldFirings {
  #waiting = new Map<string, HeldFiring>();

  /**
   * Begins to wait, unless it does already for this trigger and this somebody.
   *
   * @param place.index - of the trigger in the file
   * @param place.time - of the event, milliseconds since 1970
   */
  add(
    trigger: Trigger,
    event: WatchEvent,
    { index, time }: { readonly index: number; readonly time: number },
  ): void {
    const thread = threadOf(event);
    if (thread === null || trigger.when.for === undefined) return;
    const key = `${index} ${thread}`;
    if (this.#waiting.has(key)) return;
    this.#waiting.set(key, { trigger, index, event, dueAt: time + trigger.when.for });
  }

  /** Takes those whose time has come, the longest due first. @param time - milliseconds since 1970 */
  takeDue(time: number): HeldFiring[] {
    const due = [...this.#waiting].filter(([, { dueAt }]) => dueAt <= time);
    for (const [key] of due) this.#waiting.delete(key);
    return due.map(([, firing]) => firing).sort((a, b) => a.dueAt - b.dueAt);
  }

  /** The clock was set: who waits does so for neither longer nor shorter. */
  clockWasSet(byMs: number): void {
    this.#waiting = new Map(
      [...this.#waiting].map(([key, held]) => [key, { ...held, dueAt: held.dueAt + byMs }]),
    );
  }

  /** Forgets those that an event ends: somebody left, also the zone that it is about, or is somebody else. */
  end(event: WatchEvent): void {
    const isThread = (held: WatchEvent) => threadOf(held) === threadOf(event);
    const isEnd = ({ event: held, trigger: { when } }: HeldFiring) => {
      if (event.type === 'source.lost') return 'track' in held && held.source === event.source;
      if (event.type === 'face.moved')
        return isThread(held) && when.zone !== undefined && !isInZone(when, event.zones ?? []);
      const ends = event.type !== 'face.appeared' && event.type !== 'presence.arrived';
      return ends && isThread(held);
    };
    for (const [key, held] of this.#waiting) if (isEnd(held)) this.#waiting.delete(key);
  }

  /** When the next one is due, milliseconds since 1970; null: none waits. */
  get nextDue(): number | null {
    const times = [...this.#waiting.values()].map(({ dueAt }) => dueAt);
    return times.length === 0 ? null : Math.min(...times);
  }
}

/** What must go on: a visit, or the following of a face. */
function threadOf(event: WatchEvent): string | null {
  if ('visit' in event) return `visit ${event.visit}`;
  return 'track' in event ? `track ${event.appearance ?? `${event.source} ${event.track}`}` : null;
}
