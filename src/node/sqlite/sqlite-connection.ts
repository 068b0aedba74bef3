import { isUtf8 } from 'node:buffer';
import { accessSync, closeSync, constants, openSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type SqliteDriver from 'libsql';
import { FaceTriggerError, type FaceTriggerErrorCode } from '../../core/errors.ts';
import { isKind } from '../../core/is-kind.ts';
import { writeFailure, writeFailureCode } from '../files/write-failure.ts';
import { OpenFiles } from './open-files.ts';

/** What a statement's parameters may be. */
export type SqlValue = string | number | null | Uint8Array;

/** A row; columns by name. */
export type SqlRow = Readonly<Record<string, string | number | null | Uint8Array>>;

/** SQLite's name for a store without a file. */
const IN_MEMORY = ':memory:';
/** How long opening a file waits for another process. */
const OPEN_TIMEOUT_MS = 5000;
/** Less room than this on a disk, in bytes, is none: the index of SQLite's log grows by 32 KiB. */
const LEAST_ROOM = 64 * 1024;
/** How long a statement waits then: this thread stands still meanwhile, so callers try again later instead. */
const BUSY_TIMEOUT_MS = 20;

/** Options of {@link SqliteConnection.open}. */
export interface SqliteConnectionOptions {
  /** False: the file must exist. @defaultValue true */
  readonly create?: boolean | undefined;
  /** What the file is, first word of messages. @defaultValue 'Gallery' */
  readonly what?: string | undefined;
  /**
   * True: no other connection, of this process or another, can use the file until this one is closed or its process
   * has ended, however it ended: the lock is the operating system's. The journal is a file that is empty between
   * transactions. @defaultValue false
   */
  readonly exclusive?: boolean | undefined;
}

/**
 * One open SQLite file: parameters are always bound, failures carry our codes.
 *
 * @remarks Write-ahead log, flushed at every commit (`synchronous = FULL`), deleted content overwritten with zeros
 * (`secure_delete`), nothing temporary on disk (`temp_store = MEMORY`). Pages leave the log for the main file only
 * when told so (`wal_autocheckpoint = 0`), because what deleted rows left in them must be erased before. Calls are
 * synchronous, so no other work of this process can slip into a transaction.
 */
export class SqliteConnection {
  readonly path: string;
  readonly #what: string;
  readonly #exclusive: boolean;
  readonly #database: SqliteDriver.Database;
  readonly #files: OpenFiles;
  readonly #statements = new Map<string, SqliteDriver.Statement>();
  readonly #reads = new Map<string, SqliteDriver.Statement>();
  #busyTimeoutMs = OPEN_TIMEOUT_MS;

  private constructor(
    path: string,
    database: SqliteDriver.Database,
    { what = 'Gallery', exclusive = false }: SqliteConnectionOptions,
  ) {
    this.path = path;
    this.#what = what;
    this.#exclusive = exclusive;
    this.#database = database;
    // A file that happens to be called ":memory:" is none of ours.
    this.#files = new OpenFiles(path === IN_MEMORY ? [] : [path, `${path}-wal`]);
  }

  /**
   * Opens a file or makes a new one, which only its owner may read.
   *
   * @throws FaceTriggerError `ERR_FILE_NOT_FOUND` where the folder does not exist, or the file and `create` is false, `ERR_FILE_FORMAT`, `ERR_BUSY`
   */
  static async open(path: string, options: SqliteConnectionOptions = {}): Promise<SqliteConnection> {
    const { create = true, what = 'Gallery' } = options;
    const { default: Driver } = await import('libsql');
    try {
      prepareFile(path, create);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw writeFailure(path, cause);
      const message = `Could not open ${path}: ${(cause as Error).message}`;
      throw new FaceTriggerError('ERR_FILE_NOT_FOUND', message, { cause });
    }
    const database = attempt(what, path, () => new Driver(path, { timeout: OPEN_TIMEOUT_MS }));
    const connection = new SqliteConnection(path, database, options);
    try {
      connection.#configure();
      connection.#files.remember();
    } catch (error) {
      connection.close();
      throw error;
    }
    return connection;
  }

  /** A store without a file, empty, for as long as it is open. */
  static async inMemory(): Promise<SqliteConnection> {
    const { default: Driver } = await import('libsql');
    return new SqliteConnection(IN_MEMORY, new Driver(IN_MEMORY), {});
  }

  /** Runs a statement that changes something. @returns how many rows changed and the last new row's number */
  run(
    sql: string,
    parameters: readonly SqlValue[] = [],
  ): { readonly changes: number; readonly rowId: number } {
    const result = this.#attempt(() => this.#prepare(sql).run([...parameters]));
    return { changes: result.changes, rowId: Number(result.lastInsertRowid) };
  }

  /** The first row, or `null`. @throws FaceTriggerError `ERR_FILE_FORMAT` for text that is not UTF-8, too */
  get(sql: string, parameters: readonly SqlValue[] = []): SqlRow | null {
    const row = this.#attempt(() => this.#prepareRead(sql).get([...parameters]) as DriverRow | undefined);
    return row ? this.#toRow(row) : null;
  }

  /** All rows. @throws FaceTriggerError `ERR_FILE_FORMAT` for text that is not UTF-8, too */
  all(sql: string, parameters: readonly SqlValue[] = []): readonly SqlRow[] {
    // Never iterate(): a loop that is left early keeps its read transaction open, and no log can be emptied then.
    const rows = this.#attempt(() => this.#prepareRead(sql).all([...parameters]) as DriverRow[]);
    return rows.map((row) => this.#toRow(row));
  }

  /** Runs statements without parameters. */
  execute(sql: string): void {
    this.#attempt(() => this.#database.exec(sql));
  }

  /**
   * Checks that the files that are open are those that lie at the path: what is written into others is lost.
   *
   * @throws FaceTriggerError `ERR_UNAVAILABLE`
   */
  requireInPlace(): void {
    this.#files.requireInPlace();
  }

  /** Runs a function in a transaction that is there whole or not at all, in the file that lies at the path. */
  transaction<Result>(work: () => Result): Result {
    this.#files.requireInPlace();
    this.execute('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.execute('COMMIT');
      this.#files.requireInPlace();
      return result;
    } catch (error) {
      // A full disk makes SQLite roll back by itself; a second rollback would hide the first error.
      if (this.#database.inTransaction) this.execute('ROLLBACK');
      throw error;
    }
  }

  /**
   * As {@link SqliteConnection.transaction}, for work that waits. Nothing else may use this connection meanwhile.
   */
  async asyncTransaction<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#files.requireInPlace();
    this.execute('BEGIN IMMEDIATE');
    try {
      const result = await work();
      this.execute('COMMIT');
      this.#files.requireInPlace();
      return result;
    } catch (error) {
      if (this.#database.inTransaction) this.execute('ROLLBACK');
      throw error;
    }
  }

  /** A number that is another one after another connection has changed the file. */
  dataVersion(): number {
    return Number(this.get('PRAGMA data_version')!['data_version']);
  }

  /**
   * Moves everything from the log into the main file and empties the log.
   *
   * @returns false where another process reads the log just now; does not wait for it
   */
  emptyLog(): boolean {
    this.get('PRAGMA busy_timeout = 0');
    try {
      return Number(this.get('PRAGMA wal_checkpoint(TRUNCATE)')!['busy']) === 0;
    } catch (error) {
      if (error instanceof FaceTriggerError && error.code === 'ERR_BUSY') return false;
      throw error;
    } finally {
      this.get(`PRAGMA busy_timeout = ${this.#busyTimeoutMs}`);
    }
  }

  /** From now on statements hardly wait for other processes but fail with `ERR_BUSY`: for callers that try again. */
  waitBriefly(): void {
    this.#busyTimeoutMs = BUSY_TIMEOUT_MS;
    this.get(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  }

  /** Bytes of the file and its log. */
  size(): number {
    return fileSize(this.path) + this.logSize();
  }

  /** Bytes of the log, which grows until {@link SqliteConnection.emptyLog}. */
  logSize(): number {
    return fileSize(`${this.path}-wal`);
  }

  close(): void {
    this.#unlock();
    this.#statements.clear();
    this.#reads.clear();
    this.#database.close();
  }

  #configure(): void {
    this.get('PRAGMA secure_delete = ON');
    if (this.#exclusive) this.get('PRAGMA locking_mode = EXCLUSIVE');
    this.get(`PRAGMA journal_mode = ${this.#exclusive ? 'TRUNCATE' : 'WAL'}`);
    for (const setting of ['synchronous = FULL', 'foreign_keys = ON', 'temp_store = MEMORY']) {
      this.execute(`PRAGMA ${setting}`);
    }
    if (!this.#exclusive) this.get('PRAGMA wal_autocheckpoint = 0');
    // The lock is taken by the first transaction and then kept.
    if (this.#exclusive) this.execute('BEGIN EXCLUSIVE; COMMIT');
  }

  // The driver keeps a closed file open, and locked, until its statements are collected as garbage.
  #unlock(): void {
    if (!this.#exclusive) return;
    try {
      // The lock goes with the first access after the change.
      this.get('PRAGMA locking_mode = NORMAL');
      this.execute('SELECT count(*) FROM sqlite_schema');
    } catch {
      // What could not be read was never locked, or the process ends and the lock with it.
    }
  }

  #attempt<Result>(work: () => Result): Result {
    return attempt(this.#what, this.path, work);
  }

  #prepare(sql: string): SqliteDriver.Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #prepareRead(sql: string): SqliteDriver.Statement {
    if (!sql.startsWith('SELECT')) return this.#prepare(sql);
    let statement = this.#reads.get(sql);
    if (statement === undefined) {
      const columns = this.#database
        .prepare(sql)
        .columns()
        .map(({ name }) => name);
      statement = this.#database.prepare(withTextAsBytes(sql, columns));
      this.#reads.set(sql, statement);
    }
    return statement;
  }

  #toRow(row: DriverRow): SqlRow {
    const textColumns = Number(row[TEXT_COLUMNS] ?? 0);
    delete row[TEXT_COLUMNS];
    let bit = 1;
    for (const key in row) {
      let value = row[key];
      // The driver gives blobs as Buffer from `get` and as ArrayBuffer from `all`.
      if (isKind(value, 'ArrayBuffer')) value = row[key] = new Uint8Array(value);
      if (isKind(value, 'Uint8Array') && Math.floor(textColumns / bit) % 2 === 1) {
        if (!isUtf8(value)) throw notUtf8(`${this.#what} ${this.path}`, key);
        row[key] = Buffer.from(value.buffer, value.byteOffset, value.length).toString('utf8');
      }
      bit *= 2;
    }
    return row as SqlRow;
  }
}

/** The column that tells, a bit for each other one, which of them are text. */
const TEXT_COLUMNS = 'text columns';

// The driver ends the process where a text of the file is not UTF-8, so texts come through it as bytes.
function withTextAsBytes(sql: string, columns: readonly string[]): string {
  const names = columns.map((name) => `"${name.replaceAll('"', '""')}"`);
  const values = names.map(
    (name) => `CASE typeof(${name}) WHEN 'text' THEN CAST(${name} AS BLOB) ELSE ${name} END AS ${name}`,
  );
  const bits = names.map((name, i) => `(typeof(${name}) = 'text') * ${2 ** i}`);
  return `SELECT ${values.join(', ')}, ${bits.join(' + ')} AS "${TEXT_COLUMNS}" FROM (${sql})`;
}

function notUtf8(name: string, column: string): FaceTriggerError {
  return new FaceTriggerError(
    'ERR_FILE_FORMAT',
    `${name} is damaged: ${column} holds text that is not UTF-8; go back to an export or a backup`,
  );
}

function fileSize(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

type DriverRow = Record<string, string | number | null | Uint8Array | ArrayBuffer>;

/**
 * Makes a new file, which only its owner may read; SQLite gives its journals the same permissions.
 *
 * @remarks A file that exists is not opened here: when a process closes any handle of a file, the system takes all its
 * locks on that file away, also those of another connection.
 */
function prepareFile(path: string, create: boolean): void {
  try {
    if (create) closeSync(openSync(path, 'wx', 0o600));
    else accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (statSync(path).isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
    accessSync(path, constants.R_OK | constants.W_OK);
  }
}

/** What to do about what SQLite says, where that is not clear from it. */
const REMEDIES: Partial<Record<FaceTriggerErrorCode, string>> = {
  ERR_BUSY: 'another process uses it: try again when that is done',
  ERR_FILE_FORMAT: 'it is damaged or another kind of file: go back to an export or a backup',
  ERR_DISK_FULL: 'make room on its disk',
  ERR_FILE_READ: 'look whether its disk is in order, and go back to an export or a backup',
};

function attempt<Result>(what: string, path: string, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    const { code, message } = cause as { code?: unknown; message?: string | undefined };
    const ours = codeOf(String(code), { path, message: String(message) });
    const remedy = REMEDIES[ours];
    const text = `${what} ${path}: ${message}${remedy === undefined ? '' : `; ${remedy}`}`;
    throw new FaceTriggerError(ours, text, { cause });
  }
}

function codeOf(
  sqlite: string,
  { path, message }: { readonly path: string; readonly message: string },
): FaceTriggerErrorCode {
  if (sqlite.startsWith('SQLITE_BUSY') || sqlite.startsWith('SQLITE_LOCKED')) return 'ERR_BUSY';
  if (sqlite.startsWith('SQLITE_CONSTRAINT')) return 'ERR_CONFLICT';
  // Damage that a statement meets while it is prepared comes with the general code only.
  const isDamaged =
    sqlite.startsWith('SQLITE_CORRUPT') ||
    /malformed|unsupported file format|no such (table|column)/.test(message);
  if (isDamaged || sqlite === 'SQLITE_NOTADB') return 'ERR_FILE_FORMAT';
  if (sqlite.startsWith('SQLITE_IOERR_READ')) return 'ERR_FILE_READ';
  // Where the log or its index can't grow, SQLite does not say that it is for want of room.
  if (sqlite.startsWith('SQLITE_IOERR') && isFull(path)) return 'ERR_DISK_FULL';
  return writeFailureCode({ code: sqlite });
}

function isFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize < LEAST_ROOM;
  } catch {
    return false;
  }
}
