import { FaceTriggerError } from '../core/errors.ts';
import type { WatchEvent } from '../watch/watch-event.ts';

/** Options of {@link LateEvents}. */
export interface LateEventsOptions {
  /** Keeps an event. */
  readonly keep: (event: WatchEvent) => Promise<unknown>;
  readonly log: (message: string) => void;
  /** First pause before the store is asked again, in milliseconds; it doubles. @defaultValue 250 */
  readonly retryMinMs?: number | undefined;
  /** Longest pause. @defaultValue 5000 */
  readonly retryMaxMs?: number | undefined;
}

/** Events that wait at most: some hours of a lively home, and a few megabytes. */
export const LATE_EVENTS_AT_MOST = 10_000;

/**
 * Events that the store refused, as it was away or its disk was full: they wait here, in their order, until it takes
 * them.
 *
 * @remarks They were told already, so they are kept with the mark `repeat`: who goes on after a crash tells them again.
 */
export class LateEvents {
  readonly #options: LateEventsOptions;
  readonly #waiting: WatchEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  #trying: Promise<void> | null = null;
  #failures = 0;
  #lost = 0;

  constructor(options: LateEventsOptions) {
    this.#options = options;
  }

  /** Whether events wait: a later one must not be kept before them. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /**
   * Lets an event wait.
   *
   * @param error - why it could not be kept; absent: others wait
   * @returns false: it can never be kept, which is said
   */
  add(event: WatchEvent, error?: unknown): boolean {
    const { log } = this.#options;
    if (error !== undefined && !canPass(error)) {
      log(`event ${event.id} could not be kept: ${(error as Error).message}`);
      return false;
    }
    if (error !== undefined)
      log(
        `events wait in memory until they can be kept, and are told meanwhile: ${(error as Error).message}`,
      );
    this.#waiting.push(event);
    if (this.#waiting.length > LATE_EVENTS_AT_MOST) {
      this.#waiting.shift();
      if (this.#lost++ === 0) log(`more than ${LATE_EVENTS_AT_MOST} events wait: the oldest are not kept`);
    }
    this.#later();
    return true;
  }

  /** Tries once more and gives up; what is lost is said. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#try();
    clearTimeout(this.#timer);
    if (this.isWaiting) this.#options.log(`${this.#waiting.length} events were told and could not be kept`);
    this.#waiting.length = 0;
  }

  #later(): void {
    if (this.#timer !== undefined || !this.isWaiting) return;
    const { retryMinMs = 250, retryMaxMs = 5000 } = this.#options;
    const pause = Math.min(retryMaxMs, retryMinMs * 2 ** this.#failures);
    this.#timer = setTimeout(() => void this.#try(), pause).unref();
  }

  #try(): Promise<void> {
    this.#trying ??= this.#keepAll().finally(() => {
      this.#trying = null;
      this.#timer = undefined;
      this.#later();
    });
    return this.#trying;
  }

  async #keepAll(): Promise<void> {
    const { keep, log } = this.#options;
    let kept = 0;
    for (let event = this.#waiting[0]; event !== undefined; event = this.#waiting[0]) {
      try {
        await keep({ ...event, repeat: true });
        kept++;
      } catch (error) {
        if (canPass(error)) {
          this.#failures++;
          return;
        }
        // Where a connection broke at the very end, it is there already.
        if ((error as FaceTriggerError).code !== 'ERR_CONFLICT')
          log(`event ${event.id} could not be kept: ${(error as Error).message}`);
      }
      this.#failures = 0;
      // It may have been dropped meanwhile, as too many wait.
      if (this.#waiting[0] === event) this.#waiting.shift();
    }
    if (kept > 0) log(`${kept} events that waited are kept`);
    this.#lost = 0;
  }
}

/** Whether the store may take an event later that it refused now. */
function canPass(error: unknown): boolean {
  return error instanceof FaceTriggerError && !NEVER.includes(error.code);
}

const NEVER: readonly string[] = ['ERR_CONFLICT', 'ERR_INVALID_ARGUMENT', 'ERR_DISPOSED'];
