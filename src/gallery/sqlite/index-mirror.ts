import { FaceIndex, type FaceIndexOptions, type NearFace } from '../face-index.ts';
import { embeddingIn, wholeIn } from './row-values.ts';
import type { SqliteConnection, SqlRow } from './sqlite-connection.ts';

/** Rows read at once while the index is loaded: a few megabytes. */
const LOAD_BATCH = 4096;
/** How many changes the store remembers for other processes; who missed more loads everything again. */
const CHANGES_KEPT = 100_000;

/**
 * The search index of a store, kept equal to it whichever process changes the store.
 *
 * @remarks Own changes take the same way as those of others: the store's triggers write the numbers of changed
 * faces into a table, and each search reads what is new there first. Nothing can be in the index that was not
 * committed.
 */
export class IndexMirror {
  readonly #connection: SqliteConnection;
  readonly #index: FaceIndex;
  readonly #dimension: number;
  readonly #negatives = new Map<number, Float32Array[]>();
  #lastChange = 0;
  #dataVersion = -1;
  #stale = false;

  private constructor(connection: SqliteConnection, index: FaceIndex, dimension: number) {
    this.#connection = connection;
    this.#index = index;
    this.#dimension = dimension;
  }

  /** Loads every face of the store. */
  static async load(connection: SqliteConnection, options: FaceIndexOptions): Promise<IndexMirror> {
    const mirror = new IndexMirror(connection, await FaceIndex.create(options), options.dimension);
    mirror.#load();
    return mirror;
  }

  get mode(): 'exact' | 'graph' {
    return this.#index.mode;
  }

  get size(): number {
    return this.#index.size;
  }

  /** People with at least one face. */
  get people(): number {
    return this.#index.people;
  }

  /** Faces of a person, by the store's number. */
  facesOf(person: number): number {
    return this.#index.facesOf(person);
  }

  /** Says that this process has committed a change: the next search shall look. */
  invalidate(): void {
    this.#stale = true;
  }

  /** Takes in what has changed. */
  refresh(): void {
    const version = this.#connection.dataVersion();
    if (!this.#stale && version === this.#dataVersion) return;
    const oldest = this.#connection.get('SELECT min(seq) AS seq FROM change')!['seq'];
    if (oldest !== null && Number(oldest) > this.#lastChange + 1) {
      this.#index.clear();
      this.#load();
    } else {
      this.#applyChanges();
    }
    this.#dataVersion = version;
    this.#stale = false;
  }

  /** The nearest faces, nearest first; call {@link IndexMirror.refresh} before. */
  nearest(probe: Float32Array, count: number): readonly NearFace[] {
    return this.#index.nearest(probe, count);
  }

  /** Whether the probe is nearer to a "this is not X" example of a person than the given distance. */
  isExcluded(probe: Float32Array, person: number, distance: number): boolean {
    const examples = this.#negatives.get(person) ?? [];
    return examples.some((example) => this.#index.distance(probe, example) < distance);
  }

  /** Fulfils when no graph is being built. */
  settled(): Promise<void> {
    return this.#index.settled();
  }

  dispose(): void {
    this.#index.dispose();
    this.#negatives.clear();
  }

  #load(): void {
    // One read transaction: what is loaded and the number of the last change belong together.
    this.#connection.execute('BEGIN');
    try {
      for (let after = 0; ; ) {
        const rows = this.#connection.all(
          'SELECT seq, person_seq, embedding FROM face WHERE seq > ? ORDER BY seq LIMIT ?',
          [after, LOAD_BATCH],
        );
        for (const row of rows) {
          this.#put(row, 'seq');
        }
        if (rows.length < LOAD_BATCH) break;
        after = wholeIn(rows.at(-1)!, 'seq');
      }
      this.#loadNegatives();
      this.#lastChange = Number(
        this.#connection.get('SELECT coalesce(max(seq), 0) AS seq FROM change')!['seq'],
      );
    } finally {
      this.#connection.execute('COMMIT');
    }
    this.#dataVersion = this.#connection.dataVersion();
  }

  #put(row: SqlRow, key: string): void {
    this.#index.put(wholeIn(row, key), wholeIn(row, 'person_seq'), () =>
      embeddingIn(row, 'embedding', this.#dimension),
    );
  }

  #loadNegatives(): void {
    this.#negatives.clear();
    for (const row of this.#connection.all('SELECT person_seq, embedding FROM negative')) {
      const person = wholeIn(row, 'person_seq');
      const embedding = embeddingIn(row, 'embedding', this.#dimension);
      this.#negatives.set(person, [...(this.#negatives.get(person) ?? []), embedding]);
    }
  }

  #applyChanges(): void {
    for (;;) {
      const rows = this.#connection.all(
        `SELECT change.seq, change.face_seq, face.person_seq, face.embedding
         FROM change LEFT JOIN face ON face.seq = change.face_seq WHERE change.seq > ? ORDER BY change.seq LIMIT ?`,
        [this.#lastChange, LOAD_BATCH],
      );
      for (const row of rows) {
        if (row['face_seq'] === null) continue;
        if (row['person_seq'] === null) this.#index.remove(wholeIn(row, 'face_seq'));
        else this.#put(row, 'face_seq');
      }
      if (rows.some((row) => row['face_seq'] === null)) this.#loadNegatives();
      if (rows.length > 0) this.#lastChange = Number(rows.at(-1)!['seq']);
      if (rows.length < LOAD_BATCH) return;
    }
  }
}

/** Forgets old changes; to be called within a transaction that adds some. */
export function pruneChanges(connection: SqliteConnection): void {
  connection.run('DELETE FROM change WHERE seq <= (SELECT max(seq) FROM change) - ?', [CHANGES_KEPT]);
}
