import { FaceTriggerError } from '../../../core/errors.ts';
import type { SideRows, SideRowsKind } from '../side-rows.ts';
import type { SqlDialect, SqlRows } from '../sql-rows.ts';
import { migrate } from './migrate.ts';
import type { PostgresAddress } from './postgres-address.ts';
import { PostgresDatabase } from './postgres-database.ts';
import { damagedRows, wholeIn } from './row-values.ts';
import { noSuchGallery } from './settle-gallery.ts';
import { vacuumRows } from './vacuum-rows.ts';

const LOCK_MS = 5000;

/** Rows that are kept beside a gallery's people in its database, for any number of processes. */
export class PostgresSideRows implements SideRows {
  readonly dialect: SqlDialect;
  readonly #side: SideRowsKind;
  readonly #database: PostgresDatabase;
  #disposing: Promise<void> | null = null;

  private constructor(side: SideRowsKind, database: PostgresDatabase, dialect: SqlDialect) {
    this.#side = side;
    this.#database = database;
    this.dialect = dialect;
  }

  /**
   * Opens what is kept beside a gallery that exists.
   *
   * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_UNAVAILABLE`, `ERR_FILE_FORMAT`
   */
  static async open(address: PostgresAddress, side: SideRowsKind): Promise<PostgresSideRows> {
    const database = await PostgresDatabase.open(address);
    try {
      const hasTables = await migrate(database, { create: false });
      const [row] = hasTables
        ? await database.query('SELECT seq FROM gallery WHERE name = $1', [address.gallery])
        : [];
      if (!row) throw noSuchGallery(address.shown);
      const gallery = wholeIn(row, 'seq');
      return new PostgresSideRows(side, database, {
        gallery,
        ownPeople: `person.gallery_seq = ${gallery}`,
        galleryRevision:
          'SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS revision FROM change_seq_seq',
        damaged: damagedRows,
      });
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  /** Changes are committed in the order of their numbers, whichever process makes them: one at a time. */
  async transaction<Result>(work: (session: SqlRows) => Promise<Result>): Promise<Result> {
    this.rows();
    return this.#database.transaction(work, {
      begin: `SET LOCAL lock_timeout = ${LOCK_MS}; SELECT pg_advisory_xact_lock(${this.#side.lock}, ${this.dialect.gallery})`,
    });
  }

  async forget(): Promise<void> {
    this.rows();
    await vacuumRows(this.#database);
  }

  dispose(): Promise<void> {
    this.#disposing ??= this.#database.close();
    return this.#disposing;
  }

  rows(): SqlRows {
    if (this.#disposing)
      throw new FaceTriggerError('ERR_DISPOSED', `${this.#side.what} were used after dispose()`);
    return this.#database;
  }
}
