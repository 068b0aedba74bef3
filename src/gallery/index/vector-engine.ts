/** A slot and its squared Euclidean distance to a query. */
export interface NearSlot {
  readonly slot: number;
  readonly squared: number;
}

/** Approximate neighbors: a graph that grows and is never shrunk. */
export interface VectorGraph {
  /** Adds vectors under keys that were never used in this graph; the same calls make the same graph. */
  add(keys: readonly number[], vectors: readonly Float32Array[]): void;
  /** At most `count` keys, nearest first, as far as the graph's coarse numbers tell. */
  nearest(query: Float32Array, count: number): readonly number[];
}

/** Native vector search. Where there is none, a plain loop serves, which is slower and always exact. */
export interface VectorEngine {
  /** Exact: the `count` nearest rows, nearest first; `count` must not exceed the rows. */
  nearestRows(rows: Float32Array, query: Float32Array, count: number): readonly NearSlot[];
  /** @param sample - vectors like those to come, at least one: a graph may keep them shortened */
  createGraph(sample: readonly Float32Array[]): VectorGraph;
  /**
   * Lets other work run, between two pieces of a graph's making.
   *
   * @param options.background - the process may end meanwhile
   */
  nextTurn(options: { readonly background: boolean }): Promise<void>;
}
