import { chmodSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FaceTriggerError } from '../../core/errors.ts';
import { takeOverOldQueue } from './old-queue-file.ts';
import type { QueueEntry } from './queue-entry.ts';
import { SqliteConnection, type SqlRow } from './sqlite-connection.ts';

/** An entry that waits. */
export interface WaitingEntry extends QueueEntry {
  /** Rises with every entry. */
  readonly seq: number;
}

/** Options of {@link DurableQueue.open}. */
export interface DurableQueueOptions {
  /** Entries kept at most for each target; the oldest makes room. @defaultValue 10000 */
  readonly capacity?: number | undefined;
  /** Told what went wrong on the disk. */
  readonly log?: ((message: string) => void) | undefined;
}

/**
 * Removed rows after which the file is written anew: SQLite overwrites a deleted row, but not the copies that it made
 * when it moved rows between pages, and names must not outlive their event.
 */
const REMOVED_AT_MOST = 1000;
const REMOVED_AT_MOST_WHEN_EMPTY = 50;

/** "FTqu": marks a SQLite file as a queue of ours. */
const APPLICATION_ID = 0x46547175;
const VERSION = 1;

// Texts are kept as bytes, as they came.
const SCHEMA = `
CREATE TABLE delivery (seq INTEGER PRIMARY KEY, id BLOB NOT NULL, target BLOB NOT NULL, body BLOB NOT NULL,
  added_at INTEGER NOT NULL);
CREATE INDEX delivery_target ON delivery (target);
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${VERSION};
`;

const INSERT = 'INSERT INTO delivery (seq, id, target, body, added_at) VALUES (?, ?, ?, ?, ?)';

/**
 * A queue in a SQLite file: what `add` has accepted is there after a crash or power cut, until `done`.
 *
 * @remarks One process at a time has the queue open; the system takes the lock away when that process ends, however it
 * ends. Calls are synchronous, a few milliseconds each: that long the disk takes to confirm.
 */
export class DurableQueue {
  readonly #connection: SqliteConnection;
  readonly #capacity: number;
  readonly #log: (message: string) => void;
  readonly #counts = new Map<string, number>();
  // Done, but still in the file because the disk would not take that.
  readonly #finished = new Set<number>();
  #lastSeq: number;
  #removed = 0;
  #diskRefuses = false;

  /**
   * Opens or makes a queue, which only its owner may read. What waits in a file of the format before, JSON lines, is
   * taken over, and that file is kept as `path + '.old'`.
   *
   * @throws FaceTriggerError `ERR_BUSY` if another process has it open; `ERR_FILE_WRITE` if the folder cannot be
   * written; `ERR_DISK_FULL`; `ERR_FILE_FORMAT` if the file is no queue
   */
  static async open(path: string, options: DurableQueueOptions = {}): Promise<DurableQueue> {
    const connection = await openOrTakeOver(path, options);
    try {
      return new DurableQueue(connection, options);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  private constructor(connection: SqliteConnection, options: DurableQueueOptions) {
    this.#connection = connection;
    this.#capacity = options.capacity ?? 10_000;
    this.#log = options.log ?? (() => undefined);
    const rows = connection.all('SELECT target, count(*) AS n FROM delivery GROUP BY target');
    for (const row of rows) this.#counts.set(text(row['target']), Number(row['n']));
    this.#lastSeq = Number(connection.get('SELECT coalesce(max(seq), 0) AS seq FROM delivery')!['seq']);
  }

  /** How many entries wait. */
  get size(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** For whom entries wait. */
  get targets(): readonly string[] {
    return [...this.#counts].filter(([, count]) => count > 0).map(([target]) => target);
  }

  /** The oldest entry for a target, or the oldest behind another one; null: there is none. */
  next(target: string, behind = 0): WaitingEntry | null {
    for (let after = behind; ; ) {
      const row = this.#connection.get(
        `SELECT seq, id, body, added_at FROM delivery
           WHERE target = ? AND seq > ? ORDER BY seq LIMIT 1`,
        [Buffer.from(target), after],
      );
      if (row === null) return null;
      const entry = toEntry(row, target);
      if (!this.#finished.has(entry.seq)) return entry;
      after = entry.seq;
    }
  }

  /**
   * Accepts an entry: when this returns, it is on the disk.
   *
   * @returns the entries that had to make room
   * @throws FaceTriggerError `ERR_DISK_FULL`, `ERR_FILE_WRITE`: the entry was not accepted
   */
  add(entry: QueueEntry): readonly WaitingEntry[] {
    const waiting = this.#counts.get(entry.target) ?? 0;
    const seq = this.#lastSeq + 1;
    const dropped: WaitingEntry[] = [];
    this.#write(() => {
      insert(this.#connection, seq, entry);
      for (let excess = waiting + 1 - this.#capacity; excess > 0; excess--) {
        const oldest = this.next(entry.target, dropped.at(-1)?.seq)!;
        this.#remove(oldest.seq);
        dropped.push(oldest);
      }
    });
    this.#lastSeq = seq;
    this.#counts.set(entry.target, waiting + 1 - dropped.length);
    return dropped;
  }

  /** The entry is delivered or given up. Where the disk refuses to be told, that is said and done later. */
  done(entry: WaitingEntry): void {
    if (this.#finished.has(entry.seq)) return;
    this.#finished.add(entry.seq);
    this.#counts.set(entry.target, Math.max(0, (this.#counts.get(entry.target) ?? 0) - 1));
    try {
      this.#write(() => undefined);
    } catch (error) {
      if (!this.#diskRefuses)
        this.#log(
          `queue: could not note that event ${entry.id} is done: ${(error as Error).message}; ` +
            'if this process ended now, it would be sent once more',
        );
      this.#diskRefuses = true;
    }
  }

  close(): void {
    try {
      if (this.#finished.size > 0) this.#write(() => undefined);
      if (this.#removed > 0) this.#eraseRemains();
    } catch {
      // Said when it began.
    } finally {
      this.#connection.close();
    }
  }

  #write(work: () => void): void {
    this.#connection.transaction(() => {
      for (const seq of this.#finished) this.#remove(seq);
      work();
    });
    this.#finished.clear();
    if (this.#diskRefuses) this.#log('queue: the disk takes notes again');
    this.#diskRefuses = false;
    const limit = this.size === 0 ? REMOVED_AT_MOST_WHEN_EMPTY : REMOVED_AT_MOST;
    if (this.#removed >= limit) this.#eraseRemains();
  }

  #eraseRemains(): void {
    try {
      this.#connection.execute('VACUUM');
      this.#removed = 0;
    } catch (error) {
      // A full disk: tried again after the next ones.
      this.#removed = 1;
      this.#log(`queue: remains of delivered events could not be erased: ${(error as Error).message}`);
    }
  }

  #remove(seq: number): void {
    this.#removed++;
    this.#connection.run('DELETE FROM delivery WHERE seq = ?', [seq]);
  }
}

async function openOrTakeOver(path: string, options: DurableQueueOptions): Promise<SqliteConnection> {
  try {
    await mkdir(dirname(path), { recursive: true });
    return await openFile(path).catch(async (error: unknown) => {
      if (!(error instanceof FaceTriggerError) || error.code !== 'ERR_FILE_FORMAT') throw error;
      if (!(await takeOverOldQueue(path, { fill, log: options.log }))) throw error;
      return openFile(path);
    });
  } catch (cause) {
    if (cause instanceof FaceTriggerError && cause.code !== 'ERR_BUSY') throw cause;
    const busy = cause instanceof FaceTriggerError;
    const why = busy
      ? 'is in use by another process; end that one, or choose another file with --queue'
      : `could not be opened: ${(cause as Error).message}`;
    throw new FaceTriggerError(busy ? 'ERR_BUSY' : 'ERR_FILE_WRITE', `The queue ${path} ${why}`, { cause });
  }
}

async function openFile(path: string): Promise<SqliteConnection> {
  const connection = await SqliteConnection.open(path, { what: 'Queue', exclusive: true });
  try {
    restrict(path);
    setUp(connection);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Makes a queue's file of entries, whatever stood in it; the lock is kept until `close`. */
async function fill(path: string, entries: readonly QueueEntry[]): Promise<{ close(): void }> {
  const connection = await openFile(path);
  connection.transaction(() => {
    connection.execute('DELETE FROM delivery');
    for (const [index, entry] of entries.entries()) insert(connection, index + 1, entry);
  });
  return connection;
}

function setUp(connection: SqliteConnection): void {
  const number = (pragma: string): number => Number(connection.get(`PRAGMA ${pragma}`)![pragma]);
  const id = number('application_id');
  if (id === APPLICATION_ID && number('user_version') === VERSION) return;
  const tables = Number(connection.get('SELECT count(*) AS n FROM sqlite_schema')!['n']);
  if (id !== 0 || tables > 0) {
    const why = id === APPLICATION_ID ? 'a newer version made it' : 'it belongs to another program';
    throw new FaceTriggerError(
      'ERR_FILE_FORMAT',
      `${connection.path} is not a queue of this version: ${why}`,
    );
  }
  connection.transaction(() => connection.execute(SCHEMA));
}

function insert(connection: SqliteConnection, seq: number, { id, target, body, addedAt }: QueueEntry): void {
  connection.run(INSERT, [seq, Buffer.from(id), Buffer.from(target), Buffer.from(body), addedAt]);
}

function toEntry(row: SqlRow, target: string): WaitingEntry {
  const { seq, id, body, added_at: addedAt } = row;
  return { seq: Number(seq), id: text(id), target, body: text(body), addedAt: Number(addedAt) };
}

function text(value: SqlRow[string] | undefined): string {
  return Buffer.from(value as Uint8Array).toString('utf8');
}

// Events hold names; an empty file that was there before may be open to all.
function restrict(path: string): void {
  try {
    chmodSync(path, 0o600);
  } catch (error) {
    // Who may write a file of somebody else cannot change this, and need not.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}
