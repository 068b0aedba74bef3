import type { PhotoStore, PhotoWrites } from '../photos/photo-store.ts';
import { SqlPhotoReads } from '../photos/sql/sql-photo-reads.ts';
import { SqlPhotoWrites } from '../photos/sql/sql-photo-writes.ts';
import type { SqlRows } from '../sql-rows.ts';
import type { PostgresAddress } from './postgres-address.ts';
import { PostgresSideRows } from './postgres-side-rows.ts';

/** "FTph": with a gallery's number the lock under which its photos are changed. */
const LOCK = 0x46547068;

/** Photos in the gallery's database, for any number of processes. */
export class PostgresPhotoStore extends SqlPhotoReads implements PhotoStore {
  readonly #side: PostgresSideRows;

  private constructor(side: PostgresSideRows) {
    super(side.dialect);
    this.#side = side;
  }

  /**
   * Opens the photos of a gallery that exists.
   *
   * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_UNAVAILABLE`, `ERR_FILE_FORMAT`
   */
  static async open(address: PostgresAddress): Promise<PostgresPhotoStore> {
    return new PostgresPhotoStore(await PostgresSideRows.open(address, { what: 'Photos', lock: LOCK }));
  }

  transaction<Result>(work: (rows: PhotoWrites) => Promise<Result>): Promise<Result> {
    return this.#side.transaction((session) => work(new SqlPhotoWrites(session, this.dialect)));
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
