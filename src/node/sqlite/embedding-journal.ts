import { rm } from 'node:fs/promises';
import { FaceTriggerError } from '../../core/errors.ts';
import { isKind } from '../../core/is-kind.ts';
import { SqliteConnection } from './sqlite-connection.ts';

/** "FTej": marks a SQLite file as a journal of ours. */
const APPLICATION_ID = 0x4654656a;
const SCHEMA = `
CREATE TABLE target (only INTEGER PRIMARY KEY CHECK (only = 1), value TEXT NOT NULL);
CREATE TABLE done (key TEXT PRIMARY KEY, embedding BLOB NOT NULL) WITHOUT ROWID;
PRAGMA application_id = ${APPLICATION_ID};
`;

/** Something that was embedded. */
export interface JournalEntry {
  /** What it was: a face's kind and id, say. */
  readonly key: string;
  readonly embedding: Float32Array;
}

/**
 * Embeddings made so far of a long work: what `add` has accepted is there after a crash, so that nothing is done twice.
 *
 * @remarks One process at a time has a journal open; the system takes the lock away when that process ends. Only its
 * owner may read the file, which holds embeddings and no names.
 */
export class EmbeddingJournal implements Disposable {
  readonly #connection: SqliteConnection;
  readonly #keys: Set<string>;
  #isClosed = false;

  private constructor(connection: SqliteConnection) {
    this.#connection = connection;
    this.#keys = new Set(connection.all('SELECT key FROM done').map(({ key }) => String(key)));
  }

  /**
   * Opens a journal or begins one.
   *
   * @param path - `null`: in memory, gone when it is closed
   * @throws FaceTriggerError `ERR_BUSY` where another process works with it, `ERR_FILE_FORMAT` for other files
   */
  static async open(path: string | null): Promise<EmbeddingJournal> {
    const connection =
      path === null
        ? await SqliteConnection.inMemory()
        : await SqliteConnection.open(path, { what: 'Journal', exclusive: true });
    try {
      connection.transaction(() => {
        const number = Number(connection.get('PRAGMA application_id')!['application_id']);
        if (number === APPLICATION_ID) return;
        const tables = Number(connection.get('SELECT count(*) AS n FROM sqlite_schema')!['n']);
        if (tables > 0)
          throw new FaceTriggerError('ERR_FILE_FORMAT', `${path} is not a journal of embeddings`);
        connection.execute(SCHEMA);
      });
      return new EmbeddingJournal(connection);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Deletes a journal that nobody has open, with what SQLite keeps beside it. */
  static async remove(path: string): Promise<void> {
    for (const file of [path, `${path}-journal`]) await rm(file, { force: true });
  }

  /** How many embeddings there are. */
  get size(): number {
    return this.#keys.size;
  }

  /** What the embeddings are made for; `null` in a new journal. */
  get target(): string | null {
    const row = this.#connection.get('SELECT value FROM target');
    return row && String(row['value']);
  }

  /** Forgets all embeddings and begins with another target. */
  begin(target: string): void {
    this.#connection.transaction(() => {
      this.#connection.run('DELETE FROM done');
      this.#connection.run('INSERT OR REPLACE INTO target (only, value) VALUES (1, ?)', [target]);
    });
    this.#keys.clear();
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** The embedding of a key that is there. @throws FaceTriggerError `ERR_FILE_FORMAT` where the file is damaged */
  get(key: string): Float32Array {
    const bytes = this.#connection.get('SELECT embedding FROM done WHERE key = ?', [key])?.['embedding'];
    if (!isKind(bytes, 'Uint8Array') || bytes.length === 0 || bytes.length % 4 !== 0) {
      const message = `${this.#connection.path} is damaged: remove it and begin again`;
      throw new FaceTriggerError('ERR_FILE_FORMAT', message);
    }
    return new Float32Array(Uint8Array.from(bytes).buffer);
  }

  /** Keeps embeddings, all or none: when this returns, they are on the disk. */
  add(entries: readonly JournalEntry[]): void {
    this.#connection.transaction(() => {
      for (const { key, embedding } of entries) {
        const bytes = new Uint8Array(embedding.buffer, embedding.byteOffset, embedding.byteLength);
        this.#connection.run('INSERT OR REPLACE INTO done (key, embedding) VALUES (?, ?)', [key, bytes]);
      }
    });
    for (const { key } of entries) this.#keys.add(key);
  }

  /** Forgets what was embedded of things that are gone. */
  keepOnly(keys: ReadonlySet<string>): void {
    const gone = [...this.#keys].filter((key) => !keys.has(key));
    if (gone.length === 0) return;
    this.#connection.transaction(() => {
      for (const key of gone) this.#connection.run('DELETE FROM done WHERE key = ?', [key]);
    });
    for (const key of gone) this.#keys.delete(key);
  }

  /** Calling it again does nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
