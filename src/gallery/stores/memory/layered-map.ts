/** A map of which a layer above can be written without touching it. */
export interface ReadableMap<Key, Value> {
  get(key: Key): Value | undefined;
  entries(): Iterable<readonly [Key, Value]>;
}

/**
 * Changes to a map that are kept apart until they are committed: reads give the map as it will be.
 *
 * @remarks New keys come last, so a map whose keys rise stays in their order.
 */
export class LayeredMap<Key, Value> implements ReadableMap<Key, Value> {
  readonly #base: Map<Key, Value>;
  /** `undefined` stands for a key that goes. */
  readonly #changes = new Map<Key, Value | undefined>();

  constructor(base: Map<Key, Value>) {
    this.#base = base;
  }

  get(key: Key): Value | undefined {
    return this.#changes.has(key) ? this.#changes.get(key) : this.#base.get(key);
  }

  set(key: Key, value: Value): void {
    this.#changes.set(key, value);
  }

  delete(key: Key): void {
    this.#changes.set(key, undefined);
  }

  *entries(): Generator<readonly [Key, Value]> {
    for (const key of this.#base.keys()) {
      const value = this.get(key);
      if (value !== undefined) yield [key, value];
    }
    for (const [key, value] of this.#changes) {
      if (value !== undefined && !this.#base.has(key)) yield [key, value];
    }
  }

  /** Writes the changes into the map. @returns keys that changed, and the values of those that went */
  commit(): { readonly changed: readonly Key[]; readonly removed: readonly Value[] } {
    const removed: Value[] = [];
    for (const [key, value] of this.#changes) {
      if (value !== undefined) {
        this.#base.set(key, value);
        continue;
      }
      const old = this.#base.get(key);
      if (old !== undefined) removed.push(old);
      this.#base.delete(key);
    }
    return { changed: [...this.#changes.keys()], removed };
  }
}
