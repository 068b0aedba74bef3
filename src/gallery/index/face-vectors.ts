import { type Metric, type MetricName, metricOf } from '../../core/metric/metric.ts';
import type { NearFace } from './face-index.ts';
import { FlatVectors } from './flat-vectors.ts';
import type { VectorEngine, VectorGraph } from './vector-engine.ts';

/** How {@link FaceVectors} are made. */
export interface FaceVectorsOptions {
  readonly dimension: number;
  /** @defaultValue 'euclidean' */
  readonly metric?: MetricName | undefined;
  /** @defaultValue null: a plain loop */
  readonly engine?: VectorEngine | null | undefined;
  /** Up to this many faces every search compares with all. @defaultValue `EXACT_LIMIT` */
  readonly exactLimit?: number | undefined;
}

/** Beyond this many faces, comparing with each of them takes longer than about 8 ms. */
export const EXACT_LIMIT = 200_000;

/** Share of the graph that may be dead before it is built anew. */
const DEAD_SHARE = 0.1;
/** Vectors that are added between two turns of the event loop: some milliseconds of work. */
const BUILD_BATCH = 16;
/** Faces that a graph learns to shorten vectors from: a tenth of a second of work, once a graph. */
const GRAPH_SAMPLE = 2048;
/** Never fewer candidates than this: the graph's coarse numbers put neighbors out of order. */
const FEWEST_CANDIDATES = 64;
/** A search of the graph that still has too few living faces after asking for so many compares with all. */
const GRAPH_MAXIMUM = 1024;

/**
 * The embeddings of faces in memory, and who is near.
 *
 * @remarks Exact up to `exactLimit` faces. Above it an HNSW graph of shortened vectors gives the candidates and the
 * exact distance sorts them; the graph is built between other work, and searches stay exact until it is complete.
 * Nothing is ever removed from a graph (usearch 2.25's `remove`, mixed with `add`, ends in an endless loop): a removed
 * face's key is no longer known here, so it can't be an answer, and a graph with too many dead keys is replaced.
 */
export class FaceVectors {
  #vectors: FlatVectors;
  readonly #metric: Metric;
  readonly #dimension: number;
  readonly #exactLimit: number;
  readonly #engine: VectorEngine | null;
  readonly #slots = new Map<number, number>();
  readonly #faces: number[] = [];
  readonly #people: number[] = [];
  /** Faces of each person who has any. */
  readonly #counts = new Map<number, number>();
  #graph: { readonly vectors: VectorGraph; total: number } | null = null;
  #next: { readonly vectors: VectorGraph; readonly pending: number[]; total: number } | null = null;
  #disposed = false;

  constructor({
    dimension,
    metric = 'euclidean',
    engine = null,
    exactLimit = EXACT_LIMIT,
  }: FaceVectorsOptions) {
    this.#dimension = dimension;
    this.#metric = metricOf(metric);
    this.#exactLimit = exactLimit;
    this.#engine = engine;
    this.#vectors = new FlatVectors(dimension, engine);
  }

  get size(): number {
    return this.#vectors.size;
  }

  /** People with at least one face. */
  get people(): number {
    return this.#counts.size;
  }

  /** Faces of a person. */
  facesOf(person: number): number {
    return this.#counts.get(person) ?? 0;
  }

  get mode(): 'exact' | 'graph' {
    return this.#graph === null ? 'exact' : 'graph';
  }

  /** Adds a face, or moves one that is there to another person. */
  put(face: number, person: number, embedding: Float32Array): void {
    const known = this.#slots.get(face);
    if (known !== undefined) {
      this.#count(this.#people[known]!, -1);
      this.#count(person, 1);
      this.#people[known] = person;
      return;
    }
    this.#count(person, 1);
    const slot = this.#vectors.push(this.#metric.prepare(embedding));
    this.#slots.set(face, slot);
    this.#faces[slot] = face;
    this.#people[slot] = person;
    this.#next?.pending.push(face);
    if (this.#graph) {
      this.#graph.vectors.add([face], [this.#vectors.at(slot)]);
      this.#graph.total++;
    }
    this.#review();
  }

  /** Removes a face; one that is not there is no error. */
  remove(face: number): void {
    const slot = this.#slots.get(face);
    if (slot === undefined) return;
    this.#count(this.#people[slot]!, -1);
    this.#vectors.remove(slot);
    this.#slots.delete(face);
    const last = this.#vectors.size;
    if (slot !== last) {
      this.#faces[slot] = this.#faces[last]!;
      this.#people[slot] = this.#people[last]!;
      this.#slots.set(this.#faces[slot]!, slot);
    }
    this.#faces.length = last;
    this.#people.length = last;
    this.#review();
  }

  /**
   * The `count` nearest faces, nearest first.
   *
   * @remarks O(size) up to the exact limit, about O(log size) above.
   */
  nearest(probe: Float32Array, count: number): readonly NearFace[] {
    const query = this.#metric.prepare(probe);
    const slots = this.#graph ? this.#searchGraph(query, count) : null;
    const near = slots ?? this.#vectors.nearest(query, Math.min(count, this.size));
    return near.map(({ slot, squared }) => ({
      face: this.#faces[slot]!,
      person: this.#people[slot]!,
      distance: this.#metric.fromSquared(squared),
    }));
  }

  /** Distance between a probe and any embedding, as {@link FaceVectors.nearest} measures it. */
  distance(probe: Float32Array, embedding: Float32Array): number {
    return this.#metric.distance(probe, embedding);
  }

  /** Fulfils when no graph is being built. */
  async settled(): Promise<void> {
    while (this.#next && !this.#disposed) {
      this.#buildOn();
      await this.#engine!.nextTurn({ background: false });
    }
  }

  /** Forgets every face. */
  clear(): void {
    this.#vectors = new FlatVectors(this.#dimension, this.#engine);
    this.#slots.clear();
    this.#faces.length = 0;
    this.#people.length = 0;
    this.#counts.clear();
    this.#graph = null;
    this.#next = null;
  }

  /** Stops building and forgets everything. */
  dispose(): void {
    this.#disposed = true;
    this.clear();
  }

  #count(person: number, change: 1 | -1): void {
    const count = this.facesOf(person) + change;
    if (count === 0) this.#counts.delete(person);
    else this.#counts.set(person, count);
  }

  #searchGraph(query: Float32Array, count: number) {
    const { vectors, total } = this.#graph!;
    const wanted = Math.min(count, this.size);
    const fewest = Math.max(FEWEST_CANDIDATES, 2 * wanted);
    for (let asked = fewest; asked <= Math.max(GRAPH_MAXIMUM, fewest); asked *= 4) {
      const living = vectors
        .nearest(query, Math.min(asked, total))
        .map((face) => this.#slots.get(face))
        .filter((slot) => slot !== undefined);
      if (living.length < wanted) continue;
      return living
        .map((slot) => ({ slot, squared: this.#vectors.squaredDistance(slot, query) }))
        .sort((a, b) => a.squared - b.squared || a.slot - b.slot)
        .slice(0, wanted);
    }
    return null;
  }

  /** Decides whether a graph is needed, must be replaced or can go. */
  #review(): void {
    if (!this.#engine || this.#disposed) return;
    // Well below the limit, so that a gallery that hovers about it does not build a graph over and over.
    if (this.size < this.#exactLimit * (1 - DEAD_SHARE)) {
      this.#graph = null;
      this.#next = null;
      return;
    }
    if (this.#next || (!this.#graph && this.size <= this.#exactLimit)) return;
    const dead = this.#graph ? this.#graph.total - this.size : 0;
    if (this.#graph && dead <= DEAD_SHARE * this.#graph.total) return;
    const vectors = this.#engine.createGraph(this.#vectors.sample(GRAPH_SAMPLE));
    this.#next = { vectors, pending: [...this.#faces], total: 0 };
    void this.#buildInBackground();
  }

  async #buildInBackground(): Promise<void> {
    const own = this.#next;
    while (this.#next === own && own && !this.#disposed) {
      await this.#engine!.nextTurn({ background: true });
      if (this.#next === own) this.#buildOn();
    }
  }

  #buildOn(): void {
    const next = this.#next;
    if (!next) return;
    const faces: number[] = [];
    while (faces.length < BUILD_BATCH && next.pending.length > 0) {
      const face = next.pending.pop()!;
      if (this.#slots.has(face)) faces.push(face);
    }
    if (faces.length > 0) {
      next.vectors.add(
        faces,
        faces.map((face) => this.#vectors.at(this.#slots.get(face)!)),
      );
      next.total += faces.length;
    }
    if (next.pending.length > 0) return;
    this.#graph = { vectors: next.vectors, total: next.total };
    this.#next = null;
    this.#review();
  }
}
