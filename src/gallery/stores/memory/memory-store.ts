import { FaceTriggerError } from '../../../core/errors.ts';
import type {
  ChangeCursor,
  GallerySettings,
  GalleryStore,
  GalleryWrites,
  IndexedFace,
  IndexedNegative,
  StoreChanges,
} from '../gallery-store.ts';
import { Turns } from '../turns.ts';
import { MemoryRows } from './memory-rows.ts';
import { emptyTables, type LayeredTables, layered, type Tables } from './memory-tables.ts';
import { MemoryWrites } from './memory-writes.ts';

/** How many changes are remembered; an index that missed more loads everything again. */
const CHANGES_KEPT = 100_000;

/** How a {@link MemoryStore} is made. */
export interface MemoryStoreOptions extends GallerySettings {
  /** How many changes are remembered, 1 or more. @defaultValue 100,000 */
  readonly changesKept?: number | undefined;
}

/** A gallery's rows in the memory of this process, gone when it is disposed of. Runs wherever JavaScript does. */
export class MemoryStore extends MemoryRows implements GalleryStore {
  #settings: GallerySettings;
  readonly #changesKept: number;
  readonly #turns = new Turns();
  #tables = emptyTables();
  #lastSeq = 0;
  /** The latest changes: numbers of faces, `null` for negative examples. */
  #changes: (number | null)[] = [];
  #changeCount = 0;
  /** Numbers and pictures of rows that went. */
  #remains: (Float32Array | Uint8Array)[] = [];
  #isDisposed = false;

  constructor({ changesKept = CHANGES_KEPT, ...settings }: MemoryStoreOptions) {
    super();
    const { embedder, metric, distances, ledger, pack } = settings;
    this.#settings = {
      ...{ embedder, metric },
      ...(distances && { distances }),
      ...(ledger && { ledger }),
      ...(pack && { pack }),
    };
    this.#changesKept = changesKept;
  }

  get settings(): GallerySettings {
    return this.#settings;
  }

  transaction<Result>(work: (rows: GalleryWrites) => Promise<Result>): Promise<Result> {
    return this.#turns.run(async () => {
      const layers = layered(this.tables());
      const writes = new MemoryWrites(layers, this.#settings, () => ++this.#lastSeq);
      const result = await work(writes);
      this.tables();
      this.#commit(layers);
      this.#settings = writes.settings;
      return result;
    });
  }

  async cursor(): Promise<ChangeCursor> {
    this.tables();
    return this.#changeCount;
  }

  async changesSince(cursor: ChangeCursor): Promise<StoreChanges | null> {
    const { faces } = this.tables();
    const missed = this.#changeCount - Number(cursor);
    if (missed > this.#changes.length) return null;
    const changes = missed === 0 ? [] : this.#changes.slice(-missed);
    const seqs = changes.filter((seq) => seq !== null);
    return {
      faces: [...new Set(seqs)].map((seq) => {
        const row = faces.get(seq);
        return { seq, face: row ? { seq, personSeq: row.personSeq, embedding: row.embedding } : null };
      }),
      negatives: seqs.length < changes.length,
      cursor: this.#changeCount,
      more: false,
    };
  }

  async indexFaces({
    after,
    limit,
  }: {
    readonly after: number;
    readonly limit: number;
  }): Promise<readonly IndexedFace[]> {
    const found: IndexedFace[] = [];
    for (const [seq, { personSeq, embedding }] of this.tables().faces) {
      if (found.length === limit) break;
      if (seq > after) found.push({ seq, personSeq, embedding });
    }
    return found;
  }

  async indexNegatives(): Promise<readonly IndexedNegative[]> {
    return Array.from(this.tables().negatives.values(), ({ personSeq, embedding }) => ({
      personSeq,
      embedding: embedding.slice(),
    }));
  }

  async forget(): Promise<void> {
    this.tables();
    this.#wipe();
  }

  async size(): Promise<number> {
    this.tables();
    return 0;
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    this.#wipe();
    this.#tables = emptyTables();
    this.#changes = [];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  protected tables(): Tables {
    if (this.#isDisposed) throw new FaceTriggerError('ERR_DISPOSED', 'The gallery was used after dispose()');
    return this.#tables;
  }

  #commit({ faces, negatives, ...others }: LayeredTables): void {
    const face = faces.commit();
    const negative = negatives.commit();
    for (const layer of Object.values(others)) layer.commit();
    for (const row of face.removed)
      this.#remains.push(row.embedding, ...(row.thumbnail ? [row.thumbnail] : []));
    for (const row of negative.removed) this.#remains.push(row.embedding);
    const changes = [...face.changed, ...(negative.changed.length > 0 ? [null] : [])];
    this.#changeCount += changes.length;
    for (const change of changes) this.#changes.push(change);
    if (this.#changes.length > this.#changesKept) this.#changes = this.#changes.slice(-this.#changesKept);
  }

  #wipe(): void {
    for (const bytes of this.#remains) bytes.fill(0);
    this.#remains = [];
  }
}
