import { textIn, textOrNullIn, wholeIn } from '../../gallery/stores/postgres/row-values.ts';
import type { PgRow } from '../../gallery/stores/postgres/sql-session.ts';
import { SaidOnce } from '../../home/said-once.ts';
import type { ServerEvent, ServerEvents } from '../event-hub.ts';
import type { ServerDatabase } from './server-database.ts';

/** "FTev": with a gallery's number the lock under which events get their numbers, so that they are committed in order. */
const LOCK = 0x46546576;
/** Events of a gallery that a client that was away can still get, and for how long at most. */
const KEPT = 1000;
const KEPT_MS = 3_600_000;
/** How long a sighting waits for others, with which it is written. */
const GATHER_MS = 50;
/** Most that wait to be written while the database can't be reached. */
const MAX_WAITING = 1000;
const PAGE = 500;
const PRUNE_MS = 60_000;
const NOT_WRITTEN = 'events could not be passed on';
const NOT_READ = 'events of other servers could not be read';

interface Waiting {
  readonly event: Omit<ServerEvent, 'id'>;
  readonly done: () => void;
}

/**
 * The events of a gallery, in a table that all servers write and read: what one publishes, the clients of all receive,
 * in one order, with one number for each.
 *
 * @remarks Numbers are given under a lock that is kept until they are committed, so whoever goes on from the largest
 * that it saw skips none. The table holds no name: a person's is read with the event, and events of somebody who is gone
 * are gone too.
 */
export class SharedEvents implements ServerEvents {
  readonly #database: ServerDatabase;
  readonly #gallery: number;
  readonly #said: SaidOnce;
  readonly #listeners = new Set<(event: ServerEvent) => void>();
  readonly #endNews: () => void;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;
  #gathering: NodeJS.Timeout | null = null;
  #reading: Promise<void> | null = null;
  #isNews = false;
  #cursor: number;
  #prunedAt = performance.now();

  private constructor(
    database: ServerDatabase,
    { gallery, cursor, log }: { gallery: number; cursor: number; log: (message: string) => void },
  ) {
    this.#database = database;
    this.#gallery = gallery;
    this.#cursor = cursor;
    this.#said = new SaidOnce(log);
    this.#endNews = database.onNews(this.#topic, () => this.#wake());
  }

  /**
   * @param options.gallery - its number
   * @param options.log - told once what could not be written or read, and when it is over; the events are lost to
   * listeners then
   */
  static async open(
    database: ServerDatabase,
    options: { readonly gallery: number; readonly log: (message: string) => void },
  ): Promise<SharedEvents> {
    const [row] = await database.sql.query(
      'SELECT coalesce(max(seq), 0) AS seq FROM server_event WHERE gallery_seq = $1',
      [options.gallery],
    );
    return new SharedEvents(database, { ...options, cursor: wholeIn(row!, 'seq') });
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  publish(type: ServerEvent['type'], data: ServerEvent['data']): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) this.#waiting.shift()?.done();
    const event = { type, time: new Date().toISOString(), data };
    const done = new Promise<void>((resolve) => this.#waiting.push({ event, done: resolve }));
    if (type.startsWith('person.')) this.#write();
    else this.#gathering ??= setTimeout(() => this.#write(), GATHER_MS);
    return done;
  }

  async since(id: number): Promise<readonly ServerEvent[]> {
    const events: ServerEvent[] = [];
    for (let after = id; ; ) {
      const page = await this.#read(after);
      events.push(...page);
      if (page.length < PAGE) return events;
      after = page.at(-1)!.id;
    }
  }

  async forget(): Promise<void> {
    // The table has forgotten whoever is gone already.
  }

  subscribe(listener: (event: ServerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Writes what waits, and listens no more. */
  async close(): Promise<void> {
    this.#endNews();
    this.#write();
    await this.#writing;
    await this.#reading;
  }

  #write(): void {
    if (this.#gathering) clearTimeout(this.#gathering);
    this.#gathering = null;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
      // Published by somebody who waited for the ones before.
      if (this.#waiting.length > 0) this.#write();
    });
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      try {
        await this.#insert(batch.map(({ event }) => event));
        this.#said.worked(NOT_WRITTEN);
      } catch (error) {
        this.#said.failed(NOT_WRITTEN, error);
      }
      for (const { done } of batch) done();
    }
  }

  async #insert(events: readonly Omit<ServerEvent, 'id'>[]): Promise<void> {
    const rows = events.map(({ type, time, data: { personId, name: _name, ...data } }) => ({
      ...{ type, time: Date.parse(time), data: JSON.stringify(data) },
      personId: typeof personId === 'string' ? personId : null,
    }));
    await this.#database.sql.transaction(
      async (session) => {
        await session.run(
          `INSERT INTO server_event (gallery_seq, type, happened_at, person_id, data)
           SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::text[], $5::json[])`,
          [
            this.#gallery,
            ...[rows.map((row) => row.type), rows.map((row) => row.time)],
            ...[rows.map((row) => row.personId), rows.map((row) => row.data)],
          ],
        );
        await this.#database.tell(this.#topic, session);
      },
      { begin: `SELECT pg_advisory_xact_lock(${LOCK}, ${this.#gallery})` },
    );
    if (performance.now() - this.#prunedAt > PRUNE_MS) await this.#prune();
  }

  async #prune(): Promise<void> {
    this.#prunedAt = performance.now();
    await this.#database.sql.run(
      `DELETE FROM server_event WHERE gallery_seq = $1 AND (happened_at < $2 OR seq <=
         (SELECT seq FROM server_event WHERE gallery_seq = $1 ORDER BY seq DESC OFFSET ${KEPT} LIMIT 1))`,
      [this.#gallery, Date.now() - KEPT_MS],
    );
  }

  #wake(): void {
    this.#isNews = true;
    this.#reading ??= this.#tell()
      .then(() => this.#said.worked(NOT_READ))
      .catch((error: unknown) => this.#said.failed(NOT_READ, error))
      .finally(() => {
        this.#reading = null;
      });
  }

  async #tell(): Promise<void> {
    while (this.#isNews) {
      this.#isNews = false;
      for (;;) {
        const page = await this.#read(this.#cursor);
        for (const event of page) {
          this.#cursor = event.id;
          for (const listener of this.#listeners) listener(event);
        }
        if (page.length < PAGE) break;
      }
    }
    if (performance.now() - this.#prunedAt > PRUNE_MS) await this.#prune();
  }

  /** Events of people who are there, and that others have gone. */
  async #read(after: number): Promise<readonly ServerEvent[]> {
    const rows = await this.#database.sql.query(
      `SELECT event.seq, type, happened_at, person_id, data::text AS data, person.name FROM server_event AS event
       LEFT JOIN person ON person.gallery_seq = event.gallery_seq AND person.id = person_id
         AND (expires_at IS NULL OR expires_at > $3)
       WHERE event.gallery_seq = $1 AND event.seq > $2
         AND (person_id IS NULL OR person.seq IS NOT NULL OR type = 'person.deleted')
       ORDER BY event.seq LIMIT ${PAGE}`,
      [this.#gallery, after, Date.now()],
    );
    return rows.map(toEvent);
  }

  get #topic(): string {
    return `events ${this.#gallery}`;
  }
}

function toEvent(row: PgRow): ServerEvent {
  const personId = textOrNullIn(row, 'person_id');
  const name = textOrNullIn(row, 'name');
  return {
    id: wholeIn(row, 'seq'),
    type: textIn(row, 'type') as ServerEvent['type'],
    time: new Date(wholeIn(row, 'happened_at')).toISOString(),
    data: {
      ...(personId !== null && { personId }),
      ...(name !== null && { name }),
      ...(JSON.parse(textIn(row, 'data')) as ServerEvent['data']),
    },
  };
}
