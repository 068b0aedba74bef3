import { type Clocks, MACHINE_CLOCKS } from '../../watch/clock-jumps.ts';
import { SetClock } from '../../watch/set-clock.ts';
import type { PresenceEvent, WatchEvent } from '../../watch/watch-event.ts';
import type { Presence } from './presence.ts';

// What a timer can hold; it looks again then.
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Lets people leave in time: wakes a {@link Presence} when somebody's time without sight is over.
 *
 * @remarks Where the clock on the wall is set, that time is neither longer nor shorter.
 */
export class PresenceClock {
  readonly #presence: Presence;
  readonly #tell: (event: PresenceEvent) => Promise<void>;
  readonly #clock: SetClock;
  #timer: NodeJS.Timeout | undefined;

  /** @param tell - takes who left while no camera told anything */
  constructor(
    presence: Presence,
    tell: (event: PresenceEvent) => Promise<void>,
    clocks: Clocks = MACHINE_CLOCKS,
  ) {
    this.#presence = presence;
    this.#tell = tell;
    this.#clock = new SetClock(clocks, (byMs) => presence.clockWasSet(byMs));
    this.#wait();
  }

  /** Takes an event. @returns what follows from it */
  follow(event: WatchEvent): readonly PresenceEvent[] {
    const time = Date.parse(event.time);
    const now = this.#clock.byNow(time);
    const told = this.#presence.handle(
      now === time ? event : { ...event, time: new Date(now).toISOString() },
    );
    this.#wait();
    return told;
  }

  /** Something moves before a camera. @param time - milliseconds since 1970 */
  motion(camera: string, time: number): void {
    this.#presence.motion(camera, this.#clock.byNow(time));
    this.#wait();
  }

  /** Lets nobody leave any more. */
  close(): void {
    clearTimeout(this.#timer);
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const now = this.#clock.now();
    const next = this.#presence.nextTick();
    if (next === null) return;
    const waitMs = Math.min(LONGEST_MS, Math.max(0, next - now));
    this.#timer = setTimeout(() => {
      for (const event of this.#presence.tick(this.#clock.now())) void this.#tell(event);
      this.#wait();
    }, waitMs).unref();
  }
}
