import { FaceTriggerError } from '../../core/errors.ts';
import { galleryAddress } from '../../gallery/gallery-address.ts';
import { keepListening } from '../../gallery/stores/postgres/keep-listening.ts';
import { migrate, schemaVersion } from '../../gallery/stores/postgres/migrate.ts';
import { MIGRATIONS } from '../../gallery/stores/postgres/migrations.ts';
import type { PostgresAddress } from '../../gallery/stores/postgres/postgres-address.ts';
import { PostgresDatabase } from '../../gallery/stores/postgres/postgres-database.ts';
import { wholeIn } from '../../gallery/stores/postgres/row-values.ts';
import { noSuchGallery } from '../../gallery/stores/postgres/settle-gallery.ts';
import type { SqlSession } from '../../gallery/stores/postgres/sql-session.ts';

/** What the servers over one database tell each other, with what it is about. */
const CHANNEL = 'face_trigger_server';
/** Connections for it, beside those of the galleries. */
const CONNECTIONS = 4;

/** What the servers over one PostgreSQL database have in common: keys, settings, events and counts of attempts. */
export class ServerDatabase implements AsyncDisposable {
  /** @internal */
  readonly sql: PostgresDatabase;
  readonly #wakes = new Map<string, Set<() => void>>();
  #end: (() => Promise<void>) | null = null;

  private constructor(sql: PostgresDatabase) {
    this.sql = sql;
  }

  /** @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for an address of something else, `ERR_UNAVAILABLE`, `ERR_FILE_FORMAT` */
  static async open(url: string): Promise<ServerDatabase> {
    const sql = await PostgresDatabase.open({ ...requirePostgres(url), connections: CONNECTIONS });
    try {
      await migrate(sql);
      return new ServerDatabase(sql);
    } catch (error) {
      await sql.close();
      throw error;
    }
  }

  /**
   * Checks that the tables are those that this program works with: another may have changed them meanwhile.
   *
   * @throws FaceTriggerError `ERR_FILE_FORMAT` where they are not, `ERR_UNAVAILABLE`
   */
  async requireOwnSchema(): Promise<void> {
    const version = await schemaVersion(this.sql);
    if (version === MIGRATIONS.length) return;
    const found =
      version === null
        ? 'The database has no tables of face-trigger any more'
        : `The tables are of version ${version}`;
    const advice =
      (version ?? 0) > MIGRATIONS.length
        ? 'install the newer program here too'
        : 'start the server again, which brings them up to date';
    throw new FaceTriggerError(
      'ERR_FILE_FORMAT',
      `${found}, and this program works with ${MIGRATIONS.length}: ${advice}`,
    );
  }

  /** The number of a gallery. @internal @throws FaceTriggerError `ERR_FILE_NOT_FOUND` */
  async numberOf(gallery: string, session: SqlSession = this.sql): Promise<number> {
    const [row] = await session.query('SELECT seq FROM gallery WHERE name = $1', [gallery]);
    if (row) return wholeIn(row, 'seq');
    throw noSuchGallery(gallery);
  }

  /**
   * Tells all servers, this one too, that there is something new about a topic; part of a transaction's session.
   *
   * @internal
   */
  async tell(topic: string, session: SqlSession = this.sql): Promise<void> {
    await session.query('SELECT pg_notify($1, $2)::text AS done', [CHANNEL, topic]);
  }

  /**
   * Calls back when there may be something new: within a second, whatever happens to the connection.
   *
   * @returns a function that ends it
   */
  onNews(topic: string, wake: () => void): () => void {
    const wakes = this.#wakes.get(topic) ?? new Set();
    this.#wakes.set(topic, wakes.add(wake));
    this.#end ??= keepListening(this.sql, CHANNEL, (heard) => {
      for (const [name, all] of this.#wakes) {
        if (heard === null || heard === name) for (const one of all) one();
      }
    });
    return () => wakes.delete(wake);
  }

  async dispose(): Promise<void> {
    await this.#end?.();
    await this.sql.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

/** Whether an address is one of a database. */
export function isDatabase(url: string): boolean {
  return /^postgres(ql)?:/i.test(url);
}

function requirePostgres(url: string): PostgresAddress {
  const address = galleryAddress(url);
  if (address.kind === 'postgres') return address;
  throw new FaceTriggerError('ERR_INVALID_ARGUMENT', 'Expected postgres://user@host/database');
}
