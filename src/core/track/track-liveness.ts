import type { Liveness } from '../liveness/liveness-detector.ts';
import { DEFAULT_BATCH_SIZE } from './track-identity.ts';

/** Decides whether a track is live by the mean score of its last sightings: one bad frame decides nothing. */
export class TrackLiveness {
  readonly #threshold: number;
  readonly #batchSize: number;
  #window: Liveness[] = [];

  /**
   * @param threshold - least mean score of a live face
   * @param batchSize - sightings that count, as for `TrackIdentity`
   */
  constructor(threshold: number, batchSize: number = DEFAULT_BATCH_SIZE) {
    this.#threshold = threshold;
    this.#batchSize = batchSize;
  }

  /** Takes a sighting. */
  add(liveness: Liveness): void {
    this.#window.push(liveness);
    if (this.#window.length > this.#batchSize) this.#window.shift();
  }

  /** Whether as many sightings were taken as count. */
  get isWhole(): boolean {
    return this.#window.length >= this.#batchSize;
  }

  /** null before the first sighting. */
  get verdict(): Liveness | null {
    if (this.#window.length === 0) return null;
    const score = this.#window.reduce((sum, sighting) => sum + sighting.score, 0) / this.#window.length;
    const live = score >= this.#threshold;
    const last = this.#window.findLast(({ attackKind }) => attackKind !== null);
    return { live, score, attackKind: live ? null : (last?.attackKind ?? null) };
  }
}
