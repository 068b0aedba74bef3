import { FaceTriggerError } from '../../../core/errors.ts';
import type { AppearanceStore, AppearanceWrites } from '../appearances/appearance-store.ts';
import { SqlAppearanceReads } from '../appearances/sql/sql-appearance-reads.ts';
import { SqlAppearanceWrites } from '../appearances/sql/sql-appearance-writes.ts';
import type { SqlDialect, SqlRows } from '../appearances/sql/sql-rows.ts';
import { migrate } from './migrate.ts';
import type { PostgresAddress } from './postgres-address.ts';
import { PostgresDatabase } from './postgres-database.ts';
import { damagedRows, wholeIn } from './row-values.ts';
import { noSuchGallery } from './settle-gallery.ts';
import { vacuumRows } from './vacuum-rows.ts';

/** "FTho": with a gallery's number the lock under which its appearances are changed. */
const LOCK = 0x4654686f;
const LOCK_MS = 5000;

/** Appearances in the gallery's database, for any number of processes. */
export class PostgresAppearanceStore extends SqlAppearanceReads implements AppearanceStore {
  readonly #database: PostgresDatabase;
  #disposing: Promise<void> | null = null;

  private constructor(database: PostgresDatabase, dialect: SqlDialect) {
    super(dialect);
    this.#database = database;
  }

  /**
   * Opens the appearances of a gallery that exists.
   *
   * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_UNAVAILABLE`, `ERR_FILE_FORMAT`
   */
  static async open(address: PostgresAddress): Promise<PostgresAppearanceStore> {
    const database = await PostgresDatabase.open(address);
    try {
      const hasTables = await migrate(database, { create: false });
      const [row] = hasTables
        ? await database.query('SELECT seq FROM gallery WHERE name = $1', [address.gallery])
        : [];
      if (!row) throw noSuchGallery(address.shown);
      const gallery = wholeIn(row, 'seq');
      return new PostgresAppearanceStore(database, {
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
  transaction<Result>(work: (rows: AppearanceWrites) => Promise<Result>): Promise<Result> {
    this.rows();
    return this.#database.transaction((session) => work(new SqlAppearanceWrites(session, this.dialect)), {
      begin: `SET LOCAL lock_timeout = ${LOCK_MS}; SELECT pg_advisory_xact_lock(${LOCK}, ${this.dialect.gallery})`,
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

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  protected rows(): SqlRows {
    if (this.#disposing) throw new FaceTriggerError('ERR_DISPOSED', 'Appearances were used after dispose()');
    return this.#database;
  }
}
