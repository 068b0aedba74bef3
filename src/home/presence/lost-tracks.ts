import type { Box } from '../../core/geometry/box.ts';

/** A track that ended while its visitor was there. */
export interface LostTrack {
  readonly visit: string;
  readonly camera: string;
  readonly box: Box;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** A face that comes back so much later, in milliseconds, may be somebody else. */
export const DEFAULT_TURN_AWAY_MS = 10_000;

// People walk about one width of their face in half a second, and turn up no further than three from where they were.
const WIDTHS_PER_SECOND = 2;
const WIDTHS_AT_MOST = 3;
const SIZE_RATIO = 2;

/**
 * Remembers where faces were lost, so that one that begins there shortly after is the same somebody, who turned away.
 *
 * @remarks Only where one lost track alone fits: between two nobody can tell.
 */
export class LostTracks {
  readonly #withinMs: number;
  #lost: LostTrack[] = [];

  constructor(withinMs = DEFAULT_TURN_AWAY_MS) {
    this.#withinMs = withinMs;
  }

  add(track: LostTrack): void {
    this.#lost.push(track);
  }

  /** Finds and takes the track that a new one goes on with. @returns its visit; null: there is none, or several fit */
  take({ camera, box, time }: Omit<LostTrack, 'visit'>): string | null {
    this.#lost = this.#lost.filter((one) => Math.abs(time - one.time) <= this.#withinMs);
    const fitting = this.#lost.filter(
      (one) => one.camera === camera && goesOn(one.box, box, Math.abs(time - one.time) / 1000),
    );
    const [only] = fitting;
    if (!only || fitting.length > 1) return null;
    this.#lost = this.#lost.filter((one) => one !== only);
    return only.visit;
  }

  /** The clock was set by so many milliseconds. */
  clockWasSet(by: number): void {
    this.#lost = this.#lost.map((one) => ({ ...one, time: one.time + by }));
  }

  /** The visit goes by another id now, or is over (null). */
  rename(visit: string, to: string | null): void {
    this.#lost = this.#lost.flatMap((one) => {
      if (one.visit !== visit) return [one];
      return to === null ? [] : [{ ...one, visit: to }];
    });
  }
}

function goesOn(before: Box, now: Box, seconds: number): boolean {
  const ratio = now.width / before.width;
  if (!(ratio <= SIZE_RATIO && ratio >= 1 / SIZE_RATIO)) return false;
  const width = Math.max(before.width, now.width);
  const reach = Math.min(WIDTHS_AT_MOST, 1 + WIDTHS_PER_SECOND * seconds) * width;
  const x = now.left + now.width / 2 - (before.left + before.width / 2);
  const y = now.top + now.height / 2 - (before.top + before.height / 2);
  return Math.hypot(x, y) <= reach;
}
