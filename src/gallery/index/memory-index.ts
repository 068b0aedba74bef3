import type { ChangeCursor, GalleryStore, IndexedFace } from '../stores/gallery-store.ts';
import type { FaceIndex, NearFace, PersonInIndex } from './face-index.ts';
import { FaceVectors } from './face-vectors.ts';
import type { VectorEngine } from './vector-engine.ts';

/** Rows read at once while the index is loaded: a few megabytes. */
const LOAD_BATCH = 4096;

/** How a {@link MemoryIndex} is made. */
export interface MemoryIndexOptions {
  /** Native search. @defaultValue null: a plain loop */
  readonly engine?: VectorEngine | null | undefined;
  /** Up to this many faces every search is exact. @defaultValue `EXACT_LIMIT` */
  readonly exactLimit?: number | undefined;
}

/** What an index reads of a store. */
export type IndexSource = Pick<
  GalleryStore,
  'settings' | 'cursor' | 'changesSince' | 'indexFaces' | 'indexNegatives' | 'onChange'
>;

/**
 * All embeddings of a store in the memory of this process, kept equal to it.
 *
 * @remarks Changes of this process take the same way as those of others, so nothing can be in the index that was not
 * committed.
 */
export class MemoryIndex implements FaceIndex {
  readonly #source: IndexSource;
  readonly #options: MemoryIndexOptions;
  #content: Content;
  #cursor: ChangeCursor = 0;
  #revision = 0;
  #followedAt = performance.now();
  #builtAt = new Date();
  #refreshing: Promise<number> | null = null;
  /** The refresh after the one under way, which may have read before the latest change: all who wait share it. */
  #next: Promise<number> | null = null;
  #stopFollowing: (() => Promise<void>) | null = null;
  /** How many ask it to rest. */
  #resting = 0;

  private constructor(source: IndexSource, options: MemoryIndexOptions) {
    this.#source = source;
    this.#options = options;
    this.#content = this.#empty();
  }

  /** Loads every face of a store. */
  static async create(source: IndexSource, options: MemoryIndexOptions = {}): Promise<MemoryIndex> {
    const index = new MemoryIndex(source, options);
    await index.#load();
    // A failure is told by the next search, which asks again.
    const wake = (): void => {
      if (index.#resting === 0) void index.refresh().catch(() => undefined);
    };
    index.#stopFollowing = source.onChange?.(wake) ?? null;
    return index;
  }

  get mode(): 'exact' | 'graph' {
    return this.#content.vectors.mode;
  }

  get faces(): number {
    return this.#content.vectors.size;
  }

  /** Of a store that says when it changes, how long ago everything was taken in; at most a second where all is well. */
  get lagMs(): number | undefined {
    const followsAlone = this.#stopFollowing !== null && this.#resting === 0;
    return followsAlone ? performance.now() - this.#followedAt : undefined;
  }

  get builtAt(): Date {
    return this.#builtAt;
  }

  get people(): number {
    return this.#content.vectors.people;
  }

  get place(): ChangeCursor {
    return this.#cursor;
  }

  rest(): () => void {
    this.#resting++;
    return () => {
      this.#resting--;
    };
  }

  refresh(): Promise<number> {
    if (this.#refreshing === null) return this.#start();
    this.#next ??= this.#refreshing
      .catch(() => undefined)
      .then(() => {
        this.#next = null;
        return this.#refreshing ?? this.#start();
      });
    return this.#next;
  }

  async nearest(probe: Float32Array, count: number): Promise<readonly NearFace[]> {
    return this.#content.vectors.nearest(probe, count);
  }

  async about(people: readonly number[], probe: Float32Array): Promise<readonly PersonInIndex[]> {
    const { vectors, negatives } = this.#content;
    return people.map((person) => {
      const distances = (negatives.get(person) ?? []).map((example) => vectors.distance(probe, example));
      return { faces: vectors.facesOf(person), nearestNegative: Math.min(...distances) };
    });
  }

  settled(): Promise<void> {
    return this.#content.vectors.settled();
  }

  async dispose(): Promise<void> {
    await this.#stopFollowing?.();
    this.#content.vectors.dispose();
    this.#content.negatives = new Map();
  }

  #start(): Promise<number> {
    const refreshing = this.#follow().finally(() => {
      this.#refreshing = null;
    });
    this.#refreshing = refreshing;
    return refreshing;
  }

  async #follow(): Promise<number> {
    for (;;) {
      const began = performance.now();
      const changes = await this.#source.changesSince(this.#cursor);
      if (changes === null) {
        await this.#load();
        continue;
      }
      const { vectors } = this.#content;
      for (const { seq, face } of changes.faces) {
        if (face === null) vectors.remove(seq);
        else vectors.put(seq, face.personSeq, face.embedding);
      }
      if (changes.negatives) this.#content.negatives = await this.#readNegatives();
      // A cursor may move without a change: that of a database with other galleries, say.
      if (changes.negatives || changes.faces.length > 0) this.#revision++;
      this.#cursor = changes.cursor;
      if (changes.more) continue;
      this.#followedAt = began;
      return this.#revision;
    }
  }

  async #load(): Promise<void> {
    // The cursor first: what is committed while rows are read comes again as a change, and twice does no harm.
    const cursor = await this.#source.cursor();
    // Beside the old content: searches go on meanwhile.
    const content = this.#empty();
    let next: Promise<readonly IndexedFace[]> | null = this.#readFaces(0);
    while (next) {
      const rows: readonly IndexedFace[] = await next;
      // A database reads the next ones while these are taken in.
      next = rows.length < LOAD_BATCH ? null : this.#readFaces(rows.at(-1)!.seq);
      for (const { seq, personSeq, embedding } of rows) content.vectors.put(seq, personSeq, embedding);
    }
    content.negatives = await this.#readNegatives();
    this.#content.vectors.dispose();
    this.#content = content;
    this.#cursor = cursor;
    this.#builtAt = new Date();
    this.#revision++;
  }

  #readFaces(after: number): Promise<readonly IndexedFace[]> {
    const rows = this.#source.indexFaces({ after, limit: LOAD_BATCH });
    // Told when the rows are waited for, which is not at once.
    rows.catch(() => undefined);
    return rows;
  }

  #empty(): Content {
    const { embedder, metric } = this.#source.settings;
    const vectors = new FaceVectors({ ...this.#options, dimension: embedder.dimension, metric });
    return { vectors, negatives: new Map() };
  }

  async #readNegatives(): Promise<Content['negatives']> {
    const negatives = new Map<number, Float32Array[]>();
    for (const { personSeq, embedding } of await this.#source.indexNegatives()) {
      const examples = negatives.get(personSeq);
      if (examples) examples.push(embedding);
      else negatives.set(personSeq, [embedding]);
    }
    return negatives;
  }
}

interface Content {
  readonly vectors: FaceVectors;
  /** By the number of the person who they are not. */
  negatives: ReadonlyMap<number, readonly Float32Array[]>;
}
