import type { PresenceEvent, WatchEvent } from '../../watch/watch-event.ts';
import type { Presence } from './presence.ts';

// What a timer can hold; it looks again then.
const LONGEST_MS = 2 ** 31 - 1;

/** Lets people leave in time: wakes a {@link Presence} when somebody's time without sight is over. */
export class PresenceClock {
  readonly #presence: Presence;
  readonly #tell: (event: PresenceEvent) => Promise<void>;
  #timer: NodeJS.Timeout | undefined;

  /** @param tell - takes who left while no camera told anything */
  constructor(presence: Presence, tell: (event: PresenceEvent) => Promise<void>) {
    this.#presence = presence;
    this.#tell = tell;
    this.#wait();
  }

  /** Takes an event. @returns what follows from it */
  follow(event: WatchEvent): readonly PresenceEvent[] {
    const told = this.#presence.handle(event);
    this.#wait();
    return told;
  }

  /** Something moves before a camera. @param time - milliseconds since 1970 */
  motion(camera: string, time: number): void {
    this.#presence.motion(camera, time);
    this.#wait();
  }

  /** Lets nobody leave any more. */
  close(): void {
    clearTimeout(this.#timer);
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const next = this.#presence.nextTick();
    if (next === null) return;
    const waitMs = Math.min(LONGEST_MS, Math.max(0, next - Date.now()));
    this.#timer = setTimeout(() => {
      for (const event of this.#presence.tick(Date.now())) void this.#tell(event);
      this.#wait();
    }, waitMs).unref();
  }
}
