import { ClockJumps, type Clocks, MACHINE_CLOCKS } from '../../watch/clock-jumps.ts';
import type { PresenceEvent, WatchEvent } from '../../watch/watch-event.ts';
import type { Presence } from './presence.ts';

// What a timer can hold; it looks again then.
const LONGEST_MS = 2 ** 31 - 1;
/** What was seen before the clock was set may come so long after. */
const UNDER_WAY_MS = 10_000;

/**
 * Lets people leave in time: wakes a {@link Presence} when somebody's time without sight is over.
 *
 * @remarks Where the clock on the wall is set, that time is neither longer nor shorter.
 */
export class PresenceClock {
  readonly #presence: Presence;
  readonly #tell: (event: PresenceEvent) => Promise<void>;
  readonly #clocks: Clocks;
  readonly #jumps: ClockJumps;
  #lastJump = { by: 0, at: Number.NEGATIVE_INFINITY };
  #timer: NodeJS.Timeout | undefined;

  /** @param tell - takes who left while no camera told anything */
  constructor(
    presence: Presence,
    tell: (event: PresenceEvent) => Promise<void>,
    clocks: Clocks = MACHINE_CLOCKS,
  ) {
    this.#presence = presence;
    this.#tell = tell;
    this.#clocks = clocks;
    this.#jumps = new ClockJumps(clocks);
    this.#wait();
  }

  /** Takes an event. @returns what follows from it */
  follow(event: WatchEvent): readonly PresenceEvent[] {
    const time = Date.parse(event.time);
    const now = this.#byNow(time);
    const told = this.#presence.handle(
      now === time ? event : { ...event, time: new Date(now).toISOString() },
    );
    this.#wait();
    return told;
  }

  /** Something moves before a camera. @param time - milliseconds since 1970 */
  motion(camera: string, time: number): void {
    this.#presence.motion(camera, this.#byNow(time));
    this.#wait();
  }

  /** Lets nobody leave any more. */
  close(): void {
    clearTimeout(this.#timer);
  }

  /** The time of day, after what is known was brought up to it. */
  #now(): number {
    const by = this.#jumps.take();
    if (by !== 0) {
      this.#presence.clockWasSet(by);
      this.#lastJump = { by, at: this.#clocks.steady() };
    }
    return this.#clocks.wall();
  }

  /** A time of just now by the clock as it is: it may have been set since. */
  #byNow(time: number): number {
    const now = this.#now();
    const { by, at } = this.#lastJump;
    if (this.#clocks.steady() - at > UNDER_WAY_MS) return time;
    return Math.abs(time + by - now) < Math.abs(time - now) ? time + by : time;
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const now = this.#now();
    const next = this.#presence.nextTick();
    if (next === null) return;
    const waitMs = Math.min(LONGEST_MS, Math.max(0, next - now));
    this.#timer = setTimeout(() => {
      for (const event of this.#presence.tick(this.#now())) void this.#tell(event);
      this.#wait();
    }, waitMs).unref();
  }
}
