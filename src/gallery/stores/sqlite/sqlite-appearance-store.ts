import type { AppearanceStore, AppearanceWrites } from '../appearances/appearance-store.ts';
import { SqlAppearanceReads } from '../appearances/sql/sql-appearance-reads.ts';
import { SqlAppearanceWrites } from '../appearances/sql/sql-appearance-writes.ts';
import type { SqlRows } from '../sql-rows.ts';
import { SQLITE_DIALECT, SqliteSideRows } from './sqlite-side-rows.ts';

/** Appearances in the gallery's own file. */
export class SqliteAppearanceStore extends SqlAppearanceReads implements AppearanceStore {
  readonly #side: SqliteSideRows;

  private constructor(side: SqliteSideRows) {
    super(SQLITE_DIALECT);
    this.#side = side;
  }

  /**
   * Opens the file of a gallery that exists.
   *
   * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_FORMAT`, `ERR_BUSY`
   */
  static async open(path: string): Promise<SqliteAppearanceStore> {
    return new SqliteAppearanceStore(await SqliteSideRows.open(path, 'Appearances'));
  }

  transaction<Result>(work: (rows: AppearanceWrites) => Promise<Result>): Promise<Result> {
    return this.#side.transaction((session) => work(new SqlAppearanceWrites(session, this.dialect)));
  }

  forget(): Promise<void> {
    return this.#side.forget();
  }

  dispose(): Promise<void> {
    return this.#side.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  protected rows(): SqlRows {
    return this.#side.rows();
  }
}
