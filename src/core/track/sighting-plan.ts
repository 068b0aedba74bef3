// After its first batch a track is looked at less and less often: only a swap of two people could change its name.
const SETTLING_MS = 300;
const SETTLED_MS = 1000;

interface Record {
  count: number;
  lastMs: number;
}

/** Decides which sightings of a track are worth an embedding, by how many it had: a few a track and not every frame. */
export class SightingPlan {
  readonly #batchSize: number;
  readonly #records = new Map<number, Record>();

  /** @param batchSize - embeddings that each track gets without delay */
  constructor(batchSize: number) {
    this.#batchSize = batchSize;
  }

  /** Whether the track should be embedded in the frame of this time. */
  due(track: number, timeMs: number): boolean {
    const record = this.#records.get(track);
    if (!record || record.count < this.#batchSize) return true;
    const pause = record.count < this.#batchSize * 2 ? SETTLING_MS : SETTLED_MS;
    return timeMs - record.lastMs >= pause;
  }

  /** The track was embedded. */
  done(track: number, timeMs: number): void {
    this.#records.set(track, { count: (this.#records.get(track)?.count ?? 0) + 1, lastMs: timeMs });
  }

  /** The track ended. */
  forget(track: number): void {
    this.#records.delete(track);
  }
}
