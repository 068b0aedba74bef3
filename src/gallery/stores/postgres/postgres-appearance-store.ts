import type { AppearanceStore, AppearanceWrites } from '../appearances/appearance-store.ts';
import { SqlAppearanceReads } from '../appearances/sql/sql-appearance-reads.ts';
import { SqlAppearanceWrites } from '../appearances/sql/sql-appearance-writes.ts';
import type { SqlRows } from '../sql-rows.ts';
import type { PostgresAddress } from './postgres-address.ts';
import { PostgresSideRows } from './postgres-side-rows.ts';

/** "FTho": with a gallery's number the lock under which its appearances are changed. */
const LOCK = 0x4654686f;

/** Appearances in the gallery's database, for any number of processes. */
export class PostgresAppearanceStore extends SqlAppearanceReads implements AppearanceStore {
  readonly #side: PostgresSideRows;

  private constructor(side: PostgresSideRows) {
    super(side.dialect);
    this.#side = side;
  }

  /**
   * Opens the appearances of a gallery that exists.
   *
   * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_UNAVAILABLE`, `ERR_FILE_FORMAT`
   */
  static async open(address: PostgresAddress): Promise<PostgresAppearanceStore> {
    return new PostgresAppearanceStore(
      await PostgresSideRows.open(address, { what: 'Appearances', lock: LOCK }),
    );
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
