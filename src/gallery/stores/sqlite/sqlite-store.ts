import { setTimeout as pause } from 'node:timers/promises';
import { FaceTriggerError } from '../../../core/errors.ts';
import { SqliteConnection } from '../../../node/sqlite/sqlite-connection.ts';
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
import type { WantedGallery } from '../wanted-gallery.ts';
import { allNegatives, changesAfter, indexFacesAfter, lastChange, pruneChanges } from './change-log.ts';
import { eraseRemains } from './erase-remains.ts';
import { migrate } from './migrate.ts';
import { isMadeFor, type SettledGallery, settleGallery } from './settle-gallery.ts';
import { SqliteRows } from './sqlite-rows.ts';
import { SqliteWrites } from './sqlite-writes.ts';

/** How a file is opened. */
export interface SqliteStoreOptions extends WantedGallery {
  /** Whether a file that does not exist is made. @defaultValue true */
  readonly create?: boolean | undefined;
}

/** How often, and after which pause, a transaction is tried while another process writes: five seconds in all. */
const BUSY = { attempts: 125, pauseMs: 20 } as const;
/** How often, and after which pause, the log is tried to be emptied while another process reads it. */
const FORGET = { attempts: 60, pauseMs: 50 } as const;
/** From this size on the log is emptied without a deletion: SQLite's own limit of a thousand pages. */
const LOG_LIMIT_BYTES = 4 * 2 ** 20;

/**
 * A gallery's rows in one SQLite file, which any number of processes may use at once.
 *
 * @remarks One connection writes and another reads: what is read outside of a transaction is what was committed, while
 * one is under way too. Two more files, `-wal` and `-shm`, lie beside the file.
 */
export class SqliteStore extends SqliteRows implements GalleryStore {
  readonly #writer: SqliteConnection;
  readonly #reader: SqliteConnection;
  #settings: SettledGallery;
  /** What the file looked like when it was last seen to be for the same models. */
  #modelsSeen: number | null = null;
  readonly #turns = new Turns();
  /** Where the changes were when they were last read, and what the file looked like: nothing new until it differs. */
  #lastRead: { readonly version: number; readonly changes: StoreChanges } | null = null;
  /** Whether some page of the file may hold what an earlier version or a killed process left. */
  #isUnseen = true;
  #logLimit = LOG_LIMIT_BYTES;
  #disposing: Promise<void> | null = null;

  private constructor(writer: SqliteConnection, reader: SqliteConnection, settings: SettledGallery) {
    super();
    this.#writer = writer;
    this.#reader = reader;
    this.#settings = settings;
  }

  /**
   * Opens a file or makes a new one, and removes what an earlier version or a killed process left of deleted rows.
   *
   * @throws FaceTriggerError `ERR_MODEL_MISMATCH` for a file of another embedder or metric, `ERR_FILE_FORMAT` for a
   * file that is no gallery, `ERR_FILE_NOT_FOUND` where the folder does not exist, `ERR_INVALID_ARGUMENT` where the
   * file is new and no embedder is given
   */
  static async open(path: string, options: SqliteStoreOptions = {}): Promise<SqliteStore> {
    const { create = true, ...wanted } = options;
    const writer = await SqliteConnection.open(path, { create });
    let reader: SqliteConnection | undefined;
    try {
      await migrate(writer);
      const settings = await settleGallery(writer, wanted);
      reader = await SqliteConnection.open(path, { create: false });
      reader.execute('PRAGMA query_only = ON');
      for (const connection of [writer, reader]) connection.waitBriefly();
      const store = new SqliteStore(writer, reader, settings);
      store.#tidy();
      return store;
    } catch (error) {
      reader?.close();
      writer.close();
      throw error;
    }
  }

  get settings(): GallerySettings {
    return this.#settings;
  }

  transaction<Result>(work: (rows: GalleryWrites) => Promise<Result>): Promise<Result> {
    return this.#turns.run(async () => {
      for (let attempt = 1; ; attempt++) {
        this.connection();
        let begun = false;
        const writes = new SqliteWrites(this.#writer, this.#settings);
        try {
          const result = await this.#writer.asyncTransaction(async () => {
            begun = true;
            this.#requireOwnModels(this.#writer);
            const outcome = await work(writes);
            pruneChanges(this.#writer);
            return outcome;
          });
          this.#settings = writes.settings;
          this.#keepLogShort();
          return result;
        } catch (error) {
          if (begun || !isBusy(error) || attempt === BUSY.attempts) throw error;
        }
        // Another process writes; this one does other work meanwhile.
        await pause(BUSY.pauseMs);
      }
    });
  }

  async cursor(): Promise<ChangeCursor> {
    return lastChange(this.connection());
  }

  async changesSince(cursor: ChangeCursor): Promise<StoreChanges | null> {
    const connection = this.connection();
    const version = connection.dataVersion();
    const last = this.#lastRead;
    if (last?.version === version && last.changes.cursor === cursor) return last.changes;
    const changes = changesAfter(connection, Number(cursor), this.#settings.embedder.dimension);
    const isLast = changes !== null && !changes.more;
    const none = { faces: [], negatives: false, more: false };
    this.#lastRead = isLast ? { version, changes: { ...none, cursor: changes.cursor } } : null;
    return changes;
  }

  async indexFaces(page: {
    readonly after: number;
    readonly limit: number;
  }): Promise<readonly IndexedFace[]> {
    const { dimension } = this.#settings.embedder;
    return indexFacesAfter(this.connection(), { ...page, dimension });
  }

  async indexNegatives(): Promise<readonly IndexedNegative[]> {
    return allNegatives(this.connection(), this.#settings.embedder.dimension);
  }

  async forget(): Promise<void> {
    for (let attempt = 0; attempt < FORGET.attempts; attempt++) {
      const isDone = await this.#turns.run(async () => {
        this.connection();
        return this.#erase();
      });
      if (isDone) return;
      await pause(FORGET.pauseMs);
    }
    throw new FaceTriggerError(
      'ERR_BUSY',
      'What was deleted is in no answer, but another process reads the gallery and keeps its bytes in the log; call scrub again',
    );
  }

  async size(): Promise<number> {
    return this.connection().size();
  }

  dispose(): Promise<void> {
    this.#disposing ??= this.#turns.run(async () => {
      try {
        // Closing moves what is in the log into the main file.
        this.#tidy();
      } finally {
        this.#reader.close();
        this.#writer.close();
      }
    });
    return this.#disposing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  protected connection(): SqliteConnection {
    if (this.#disposing) throw new FaceTriggerError('ERR_DISPOSED', 'The gallery was used after dispose()');
    this.#writer.requireInPlace();
    const version = this.#reader.dataVersion();
    if (version !== this.#modelsSeen) {
      this.#requireOwnModels(this.#reader);
      this.#modelsSeen = version;
    }
    return this.#reader;
  }

  /** @throws FaceTriggerError `ERR_MODEL_MISMATCH` where another process has given the gallery other models */
  #requireOwnModels(connection: SqliteConnection): void {
    const own = this.#settings.embedder;
    if (isMadeFor(connection, own)) return;
    const message = `Gallery ${connection.path} was moved from ${own.id} to other models while it was open: open it again`;
    throw new FaceTriggerError('ERR_MODEL_MISMATCH', message);
  }

  #keepLogShort(): void {
    const size = this.#writer.logSize();
    if (size < this.#logLimit) return;
    // While another process reads, the log can only grow: trying at each change would look at all of it again.
    this.#logLimit = this.#tidy() ? LOG_LIMIT_BYTES : size + LOG_LIMIT_BYTES;
  }

  /** Erases what nobody waits for: a full disk, say, is told by what comes next. */
  #tidy(): boolean {
    try {
      return this.#erase();
    } catch (error) {
      if (error instanceof FaceTriggerError) return false;
      throw error;
    }
  }

  /** @returns false where another process stands in the way: to be called again */
  #erase(): boolean {
    const outcome = eraseRemains(this.#writer, { everywhere: this.#isUnseen });
    if (outcome !== 'busy') this.#isUnseen = outcome === 'overtaken';
    return outcome === 'done';
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof FaceTriggerError && error.code === 'ERR_BUSY';
}
