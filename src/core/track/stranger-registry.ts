import { type Metric, type MetricName, metricOf } from '../metric/metric.ts';

/** Options of {@link StrangerRegistry}. */
export interface StrangerRegistryOptions {
  /** Largest distance at which two faces are the same stranger. */
  readonly maxDistance: number;
  /** How distances are measured. @defaultValue 'euclidean' */
  readonly metric?: MetricName | undefined;
  /** Milliseconds after the last sighting when a stranger is forgotten. @defaultValue {@link DEFAULT_STRANGER_TTL_MS} */
  readonly ttlMs?: number | undefined;
  /** Strangers kept; the one seen longest ago goes first. @defaultValue 1000 */
  readonly capacity?: number | undefined;
}

/** Default of {@link StrangerRegistryOptions.ttlMs}: half an hour. */
export const DEFAULT_STRANGER_TTL_MS = 30 * 60 * 1000;

// A mean over more sightings would no longer follow a change of light.
const MAX_WEIGHT = 20;

interface Stranger {
  readonly id: string;
  readonly mean: Float32Array;
  weight: number;
  lastMs: number;
}

/**
 * Gives unknown faces temporary identities: the same face coming back is the same stranger until it is forgotten.
 *
 * @remarks Embeddings live in memory only and go when they expire.
 */
export class StrangerRegistry {
  readonly #maxDistance: number;
  readonly #metric: Metric;
  readonly #ttlMs: number;
  readonly #capacity: number;
  #strangers: Stranger[] = [];
  #count = 0;

  constructor(options: StrangerRegistryOptions) {
    this.#maxDistance = options.maxDistance;
    this.#metric = metricOf(options.metric ?? 'euclidean');
    this.#ttlMs = options.ttlMs ?? DEFAULT_STRANGER_TTL_MS;
    this.#capacity = options.capacity ?? 1000;
  }

  /** Strangers remembered now. */
  get size(): number {
    return this.#strangers.length;
  }

  /**
   * Finds or makes the stranger that a face belongs to.
   *
   * @param embedding - mean over a few sightings; copied
   * @param options.timeMs - of the clock, in milliseconds
   * @param options.exclude - strangers who are elsewhere in the picture at this moment
   */
  resolve(
    embedding: Float32Array,
    options: { readonly timeMs: number; readonly exclude?: ReadonlySet<string> | undefined },
  ): { readonly id: string; readonly isNew: boolean } {
    const { timeMs, exclude } = options;
    this.#strangers = this.#strangers.filter((stranger) => timeMs - stranger.lastMs <= this.#ttlMs);
    let best: Stranger | null = null;
    let bestDistance = this.#maxDistance;
    for (const stranger of this.#strangers) {
      if (exclude?.has(stranger.id)) continue;
      const distance = this.#metric.distance(embedding, stranger.mean);
      if (distance <= bestDistance) {
        best = stranger;
        bestDistance = distance;
      }
    }
    if (best) {
      this.#learn(best, embedding, timeMs);
      return { id: best.id, isNew: false };
    }
    const stranger = { id: `stranger-${++this.#count}`, mean: embedding.slice(), weight: 1, lastMs: timeMs };
    this.#strangers.push(stranger);
    if (this.#strangers.length > this.#capacity) {
      const oldest = this.#strangers.reduce((a, b) => (b.lastMs < a.lastMs ? b : a));
      this.#strangers.splice(this.#strangers.indexOf(oldest), 1);
    }
    return { id: stranger.id, isNew: true };
  }

  /** The stranger is still in the picture. */
  touch(id: string, timeMs: number): void {
    const stranger = this.#strangers.find((candidate) => candidate.id === id);
    if (stranger) stranger.lastMs = Math.max(stranger.lastMs, timeMs);
  }

  #learn(stranger: Stranger, embedding: Float32Array, timeMs: number): void {
    const { mean } = stranger;
    for (let i = 0; i < mean.length; i++) mean[i]! += (embedding[i]! - mean[i]!) / (stranger.weight + 1);
    stranger.weight = Math.min(stranger.weight + 1, MAX_WEIGHT);
    stranger.lastMs = Math.max(stranger.lastMs, timeMs);
  }
}
