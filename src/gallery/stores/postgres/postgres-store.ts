import { FaceTriggerError } from '../../../core/errors.ts';
import type { PeopleIndex } from '../../index/face-index.ts';
import type {
  ChangeCursor,
  FaceOwner,
  GallerySettings,
  GalleryStore,
  GalleryWrites,
  IndexedFace,
  IndexedNegative,
  LivingAt,
  StoreChanges,
  StoreConnections,
  UnfinishedEmbeddings,
} from '../gallery-store.ts';
import { Turns } from '../turns.ts';
import { listenForChanges } from './change-listener.ts';
import { allNegatives, changesAfter, currentPlace, indexFacesAfter, pruneChanges } from './change-log.ts';
import { ownersAt } from './face-owners.ts';
import { migrate } from './migrate.ts';
import type { GalleryScope } from './person-rows.ts';
import { type IndexedGallery, openPgvectorIndex } from './pgvector/open-index.ts';
import type { PostgresAddress, PostgresIndexName } from './postgres-address.ts';
import { PostgresDatabase, SCHEMA } from './postgres-database.ts';
import { PostgresRows } from './postgres-rows.ts';
import { PostgresUnfinished } from './postgres-unfinished.ts';
import { PostgresWrites } from './postgres-writes.ts';
import { wholeIn } from './row-values.ts';
import {
  hasGallery,
  lockOfGallery,
  noSuchGallery,
  requireOwnModels,
  type SettledGallery,
  settleGallery,
  type WantedPostgresGallery,
} from './settle-gallery.ts';
import { vacuumRows } from './vacuum-rows.ts';

/** How often old changes are forgotten at most. */
const PRUNE_MS = 60_000;

/** A gallery's rows in a PostgreSQL database, which any number of processes on any number of machines may use at once. */
export class PostgresStore extends PostgresRows implements GalleryStore {
  /** A transaction is a dozen round trips, whatever it holds; a few megabytes. */
  readonly importBatch = 2000;
  readonly #database: PostgresDatabase;
  #settings: SettledGallery;
  readonly #wantedIndex: PostgresIndexName;
  readonly #turns = new Turns();
  readonly #listeners = new Set<() => Promise<void>>();
  #unfinished: UnfinishedEmbeddings | null = null;
  #prunedAt = 0;
  #forgetting: Promise<void> | null = null;
  #nextForgetting: Promise<void> | null = null;
  #disposing: Promise<void> | null = null;

  private constructor(database: PostgresDatabase, settings: SettledGallery, wantedIndex: PostgresIndexName) {
    super();
    this.#wantedIndex = wantedIndex;
    this.#database = database;
    this.#settings = settings;
  }

  /**
   * Opens a gallery or makes a new one, with the tables where the database has none.
   *
   * @param options.database - whose connections it uses, in place of some of its own
   * @throws FaceTriggerError `ERR_UNAVAILABLE` where the database cannot be reached, `ERR_MODEL_MISMATCH` for a gallery
   * of another embedder or metric, `ERR_FILE_FORMAT` for tables of a newer version, `ERR_FILE_NOT_FOUND` where the
   * gallery does not exist and is not to be made, `ERR_INVALID_ARGUMENT` where it is new and no embedder is given
   */
  static async open(
    address: PostgresAddress,
    {
      database: shared,
      ...options
    }: WantedPostgresGallery & { readonly database?: PostgresDatabase | undefined } = {},
  ): Promise<PostgresStore> {
    const database = shared?.lend(address) ?? (await PostgresDatabase.open(address));
    try {
      const hasTables = await migrate(database, { create: options.create ?? true });
      if (!hasTables) throw noSuchGallery(address.shown);
      return new PostgresStore(database, await settleGallery(database, address, options), address.index);
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  /** Whether a gallery is there. @throws FaceTriggerError as {@link PostgresStore.open} */
  static async exists(address: PostgresAddress): Promise<boolean> {
    const database = await PostgresDatabase.open(address);
    try {
      const hasTables = await migrate(database, { create: false });
      return hasTables && (await hasGallery(database, address.gallery));
    } finally {
      await database.close();
    }
  }

  get unfinished(): UnfinishedEmbeddings {
    this.#unfinished ??= new PostgresUnfinished(() => this.scope());
    return this.#unfinished;
  }

  get settings(): GallerySettings {
    return this.#settings;
  }

  transaction<Result>(work: (rows: GalleryWrites) => Promise<Result>): Promise<Result> {
    return this.#turns.run(async () => {
      const { gallery, dimension } = this.scope();
      const begin = lockOfGallery(gallery);
      const { result, settings } = await this.#database.transaction(
        async (session) => {
          await requireOwnModels(session, this.#settings);
          const writes = new PostgresWrites({ session, gallery, dimension }, this.#settings);
          return { result: await work(writes), settings: writes.settings };
        },
        { begin },
      );
      this.#settings = settings;
      await this.#prune();
      return result;
    });
  }

  async cursor(): Promise<ChangeCursor> {
    return currentPlace(this.scope());
  }

  async changesSince(cursor: ChangeCursor): Promise<StoreChanges | null> {
    return this.read(async (scope) => {
      const changes = await changesAfter(scope, cursor);
      const isNews = changes === null || changes.faces.length > 0 || changes.negatives;
      if (isNews) await requireOwnModels(scope.session, this.#settings);
      return changes;
    });
  }

  async indexFaces(page: {
    readonly after: number;
    readonly limit: number;
  }): Promise<readonly IndexedFace[]> {
    return this.read((scope) => indexFacesAfter(scope, page));
  }

  async indexNegatives(): Promise<readonly IndexedNegative[]> {
    return this.read((scope) => allNegatives(scope));
  }

  async ownersAt(
    cursor: ChangeCursor,
    query: { readonly faces: readonly number[]; readonly livingAt: LivingAt },
  ): Promise<readonly (FaceOwner | null)[] | null> {
    return this.read((scope) => ownersAt(scope, cursor, query));
  }

  async ownIndex(): Promise<PeopleIndex | null> {
    this.scope();
    const tell = (message: string): void => {
      process.emitWarning(message, { code: 'FACE_TRIGGER_INDEX' });
    };
    const ask: IndexedGallery['ask'] = async (work) => {
      try {
        return await work(this.scope());
      } catch (error) {
        // Its table is gone, or one of longer embeddings, where the gallery was given other models.
        if (error instanceof FaceTriggerError && error.code !== 'ERR_DISPOSED')
          await requireOwnModels(this.#database, this.#settings);
        throw error;
      }
    };
    const gallery = { database: this.#database, settings: this.#settings, ask, tell };
    return openPgvectorIndex(gallery, this.#wantedIndex);
  }

  onChange(wake: () => void): () => Promise<void> {
    const end = listenForChanges(this.#database, this.scope().gallery, wake);
    const remove = (): Promise<void> => {
      this.#listeners.delete(remove);
      return end();
    };
    this.#listeners.add(remove);
    return remove;
  }

  /**
   * Lets the database take deleted rows out of its tables.
   *
   * @remarks They leave the tables' pages when no transaction of anybody sees them any more; the log of the database,
   * its replicas and its backups keep them as long as they are kept. All who ask while it is done share the next time.
   */
  async forget(): Promise<void> {
    this.scope();
    if (this.#forgetting === null) return this.#vacuum();
    this.#nextForgetting ??= this.#forgetting
      .catch(() => undefined)
      .then(() => {
        this.#nextForgetting = null;
        return this.#forgetting ?? this.#vacuum();
      });
    return this.#nextForgetting;
  }

  get connections(): StoreConnections {
    return this.#database.connections;
  }

  /** Bytes of the tables, with those of other galleries in the database. */
  async size(): Promise<number> {
    const [row] = await this.scope().session.query(
      `SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint AS bytes FROM pg_class
       WHERE relnamespace = to_regnamespace('${SCHEMA}') AND relkind = 'r'`,
    );
    return wholeIn(row!, 'bytes');
  }

  dispose(): Promise<void> {
    this.#disposing ??= this.#turns.run(async () => {
      for (const end of [...this.#listeners]) await end();
      await this.#forgetting?.catch(() => undefined);
      await this.#database.close();
    });
    return this.#disposing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  protected scope(): GalleryScope {
    if (this.#disposing) throw new FaceTriggerError('ERR_DISPOSED', 'The gallery was used after dispose()');
    return {
      session: this.#database,
      gallery: this.#settings.gallerySeq,
      dimension: this.#settings.embedder.dimension,
    };
  }

  protected override async read<Result>(work: (scope: GalleryScope) => Promise<Result>): Promise<Result> {
    const scope = this.scope();
    try {
      return await work(scope);
    } catch (error) {
      // Embeddings of other models look damaged to whoever does not know of the change.
      if (error instanceof FaceTriggerError && error.code === 'ERR_FILE_FORMAT')
        await requireOwnModels(scope.session, this.#settings);
      throw error;
    }
  }

  #vacuum(): Promise<void> {
    const forgetting = vacuumRows(this.#database).finally(() => {
      this.#forgetting = null;
    });
    this.#forgetting = forgetting;
    return forgetting;
  }

  /** What nobody waits for: whatever stands in the way is told by what comes next. */
  async #prune(): Promise<void> {
    if (Date.now() - this.#prunedAt < PRUNE_MS) return;
    this.#prunedAt = Date.now();
    try {
      await pruneChanges(this.scope());
    } catch (error) {
      if (!(error instanceof FaceTriggerError)) throw error;
    }
  }
}
