import { setTimeout as pause } from 'node:timers/promises';
import { FaceTriggerError } from '../../../core/errors.ts';
import { SqliteConnection } from '../../../node/sqlite/sqlite-connection.ts';
import type { SideRows, SideRowsKind } from '../side-rows.ts';
import type { RowValue, SqlDialect, SqlRows } from '../sql-rows.ts';
import { Turns } from '../turns.ts';
import { eraseRemains } from './erase-remains.ts';
import { migrate } from './migrate.ts';
import { damagedGallery } from './row-values.ts';

/** How often, and after which pause, a transaction is tried while another process writes: five seconds in all. */
const BUSY = { attempts: 250, pauseMs: 20 } as const;
const FORGET = { attempts: 60, pauseMs: 50 } as const;
/** From this size on the log is emptied. */
const LOG_LIMIT_BYTES = 4 * 2 ** 20;

/** What statements that both databases understand need to know of SQLite. */
const SQLITE_DIALECT: SqlDialect = {
  gallery: 1,
  ownPeople: '1 = 1',
  galleryRevision: `SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'change'), 0) AS revision`,
  damaged: damagedGallery,
};

/** Rows that are kept beside a gallery's people in its own file. */
export class SqliteSideRows implements SideRows {
  readonly dialect = SQLITE_DIALECT;
  readonly #what: string;
  readonly #writer: SqliteConnection;
  readonly #reader: SqliteConnection;
  readonly #reads: SqlRows;
  readonly #turns = new Turns();
  #isUnseen = false;
  #logLimit = LOG_LIMIT_BYTES;
  #disposing: Promise<void> | null = null;

  private constructor(what: string, writer: SqliteConnection, reader: SqliteConnection) {
    this.#what = what;
    this.#writer = writer;
    this.#reader = reader;
    this.#reads = rowsOf(reader);
  }

  /**
   * Opens the file of a gallery that exists.
   *
   * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_FORMAT`, `ERR_BUSY`
   */
  static async open(path: string, { what }: Pick<SideRowsKind, 'what'>): Promise<SqliteSideRows> {
    const writer = await SqliteConnection.open(path, { create: false });
    let reader: SqliteConnection | undefined;
    try {
      await migrate(writer);
      reader = await SqliteConnection.open(path, { create: false });
      reader.execute('PRAGMA query_only = ON');
      for (const connection of [writer, reader]) connection.waitBriefly();
      return new SqliteSideRows(what, writer, reader);
    } catch (error) {
      reader?.close();
      writer.close();
      throw error;
    }
  }

  transaction<Result>(work: (session: SqlRows) => Promise<Result>): Promise<Result> {
    return this.#turns.run(async () => {
      for (let attempt = 1; ; attempt++) {
        this.rows();
        let begun = false;
        try {
          const result = await this.#writer.asyncTransaction(() => {
            begun = true;
            return work(rowsOf(this.#writer));
          });
          this.#keepLogShort();
          return result;
        } catch (error) {
          const isBusy = error instanceof FaceTriggerError && error.code === 'ERR_BUSY';
          if (begun || !isBusy || attempt === BUSY.attempts) throw error;
        }
        await pause(BUSY.pauseMs);
      }
    });
  }

  async forget(): Promise<void> {
    for (let attempt = 0; attempt < FORGET.attempts; attempt++) {
      const isDone = await this.#turns.run(async () => {
        this.rows();
        return this.#erase();
      });
      if (isDone) return;
      await pause(FORGET.pauseMs);
    }
    throw new FaceTriggerError(
      'ERR_BUSY',
      'What was deleted is in no answer, but another process reads the gallery and keeps its bytes in the log',
    );
  }

  dispose(): Promise<void> {
    this.#disposing ??= this.#turns.run(async () => {
      this.#reader.close();
      this.#writer.close();
    });
    return this.#disposing;
  }

  rows(): SqlRows {
    if (this.#disposing)
      throw new FaceTriggerError('ERR_DISPOSED', `${this.#what} were used after dispose()`);
    this.#writer.requireInPlace();
    return this.#reads;
  }

  #keepLogShort(): void {
    const size = this.#writer.logSize();
    if (size < this.#logLimit) return;
    this.#logLimit = this.#erase() ? LOG_LIMIT_BYTES : size + LOG_LIMIT_BYTES;
  }

  /** @returns false where somebody stands in the way: to be called again */
  #erase(): boolean {
    const outcome = eraseRemains(this.#writer, { everywhere: this.#isUnseen });
    if (outcome !== 'busy') this.#isUnseen = outcome === 'overtaken';
    return outcome === 'done';
  }
}

function rowsOf(connection: SqliteConnection): SqlRows {
  return {
    query: async (sql, values = []) => connection.all(...numbered(sql, values)),
    run: async (sql, values = []) => connection.run(...numbered(sql, values)).changes,
  };
}

/** The driver knows `?` alone, each with a value of its own. */
function numbered(sql: string, values: readonly RowValue[]): [string, RowValue[]] {
  const given: RowValue[] = [];
  const text = sql.replace(/\$(\d+)/g, (_, number: string) => {
    given.push(values[Number(number) - 1]!);
    return '?';
  });
  return [text.trim(), given];
}
