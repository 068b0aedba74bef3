import type { EmbedderIdentity } from '../../core/embed/embedder-profile.ts';
import { isMarkOf } from '../../core/embed/model-mark.ts';
import type { AppearanceStore } from '../../gallery/stores/appearances/appearance-store.ts';
import { EXEMPLARS, type StrangerMemory } from './stranger-memory.ts';

/** Strangers whose faces are read at once. */
const BATCH = 200;

/** Brings what is in memory of strangers up to what the store says, whoever changed it. */
export class StrangerFollower {
  readonly #store: AppearanceStore;
  readonly #memory: StrangerMemory;
  readonly #embedder: EmbedderIdentity;
  #revision = 0;
  #running: Promise<void> | null = null;

  /** @param embedder - faces of others mean nothing to this one */
  constructor(store: AppearanceStore, memory: StrangerMemory, embedder: EmbedderIdentity) {
    this.#store = store;
    this.#memory = memory;
    this.#embedder = embedder;
  }

  /** Reads what changed since the last time; all, the first time. */
  async refresh(): Promise<void> {
    // What changes while one reads comes with the next.
    while (this.#running) await this.#running;
    this.#running = this.#read().finally(() => {
      this.#running = null;
    });
    await this.#running;
  }

  async #read(): Promise<void> {
    const revision = await this.#store.revision();
    if (revision === this.#revision) return;
    const changed = await this.#store.strangersSince(this.#revision);
    const apart = await this.#store.apart();
    for (let at = 0; at < changed.length; at += BATCH) {
      const rows = changed.slice(at, at + BATCH);
      const faces = await this.#store.facesOfStrangers(
        2 * EXEMPLARS,
        rows.map(({ id }) => id),
      );
      for (const row of rows) {
        const own = faces.filter(
          ({ strangerId, model }) => strangerId === row.id && isMarkOf(model, this.#embedder),
        );
        const others = apart.flatMap(([a, b]) => (a === row.id ? b : b === row.id ? a : []));
        this.#memory.set(row, own, others);
      }
    }
    this.#revision = revision;
  }
}
