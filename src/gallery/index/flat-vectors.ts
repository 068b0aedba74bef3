import type { NearSlot, VectorEngine } from './vector-engine.ts';

/** Memory is taken in pieces, so that growing never copies what is there. */
const BLOCK_BYTES = 16 * 2 ** 20;

/**
 * Vectors of one length, side by side in memory, and the exact search among them.
 *
 * @remarks Slots are dense: removing one moves the last vector into its place. Removed numbers are overwritten.
 */
export class FlatVectors {
  readonly #dimension: number;
  readonly #perBlock: number;
  readonly #engine: VectorEngine | null;
  readonly #blocks: Float32Array[] = [];
  #size = 0;

  /** @param engine - SIMD search; `null` for the plain loop */
  constructor(dimension: number, engine: VectorEngine | null) {
    this.#dimension = dimension;
    this.#perBlock = Math.max(1, Math.floor(BLOCK_BYTES / (dimension * Float32Array.BYTES_PER_ELEMENT)));
    this.#engine = engine;
  }

  get size(): number {
    return this.#size;
  }

  /** A view of a slot's vector, valid until the next change. */
  at(slot: number): Float32Array {
    const start = (slot % this.#perBlock) * this.#dimension;
    return this.#blocks[Math.floor(slot / this.#perBlock)]!.subarray(start, start + this.#dimension);
  }

  /** Views of at most `count` vectors from all over, valid until the next change. */
  sample(count: number): Float32Array[] {
    const taken = Math.min(count, this.#size);
    return Array.from({ length: taken }, (_, i) => this.at(Math.floor((i * this.#size) / taken)));
  }

  /** @returns the new slot */
  push(vector: Float32Array): number {
    const slot = this.#size++;
    if (slot === this.#blocks.length * this.#perBlock) {
      this.#blocks.push(new Float32Array(this.#perBlock * this.#dimension));
    }
    this.at(slot).set(vector);
    return slot;
  }

  /** Removes a slot; the vector of the last slot, `size` after the call, takes its place. */
  remove(slot: number): void {
    const last = this.#size - 1;
    if (slot !== last) this.at(slot).set(this.at(last));
    this.at(last).fill(0);
    this.#size = last;
    // One empty block is kept: adding and removing at a boundary shall not allocate each time.
    if (this.#blocks.length * this.#perBlock - last >= 2 * this.#perBlock) this.#blocks.pop();
  }

  /** The `count` nearest slots, nearest first. */
  nearest(query: Float32Array, count: number): readonly NearSlot[] {
    const found: NearSlot[] = [];
    for (const [index, block] of this.#blocks.entries()) {
      const first = index * this.#perBlock;
      const rows = Math.min(this.#perBlock, this.#size - first);
      if (rows <= 0) break;
      const data = block.subarray(0, rows * this.#dimension);
      // More than `rows` must not be asked of the engine: it would read past its own results.
      const wanted = Math.min(count, rows);
      const near = this.#engine
        ? this.#engine.nearestRows(data, query, wanted)
        : nearestRows(data, query, wanted);
      for (const { slot, squared } of near) found.push({ slot: first + slot, squared });
    }
    return found.sort((a, b) => a.squared - b.squared || a.slot - b.slot).slice(0, count);
  }

  /** Squared Euclidean distance from a slot's vector to a query. */
  squaredDistance(slot: number, query: Float32Array): number {
    return squaredDistance(this.at(slot), query);
  }
}

/** Squared Euclidean distance of two vectors of one length. */
function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    sum += difference * difference;
  }
  return sum;
}

function nearestRows(data: Float32Array, query: Float32Array, count: number): NearSlot[] {
  const { length } = query;
  const found: NearSlot[] = [];
  let bound = Number.POSITIVE_INFINITY;
  for (let slot = 0, start = 0; start < data.length; slot++, start += length) {
    let squared = 0;
    for (let i = 0; i < length; i++) {
      const difference = data[start + i]! - query[i]!;
      squared += difference * difference;
    }
    if (found.length === count && squared >= bound) continue;
    let place = found.length;
    while (place > 0 && found[place - 1]!.squared > squared) place--;
    found.splice(place, 0, { slot, squared });
    if (found.length > count) found.pop();
    if (found.length === count) bound = found.at(-1)!.squared;
  }
  return found;
}
