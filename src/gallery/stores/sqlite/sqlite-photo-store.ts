import type { PhotoStore, PhotoWrites } from '../photos/photo-store.ts';
import { SqlPhotoReads } from '../photos/sql/sql-photo-reads.ts';
import { SqlPhotoWrites } from '../photos/sql/sql-photo-writes.ts';
import type { SqlRows } from '../sql-rows.ts';
import { SQLITE_DIALECT, SqliteSideRows } from './sqlite-side-rows.ts';

/** Photos in the gallery's own file. */
export class SqlitePhotoStore extends SqlPhotoReads implements PhotoStore {
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
  static async open(path: string): Promise<SqlitePhotoStore> {
    return new SqlitePhotoStore(await SqliteSideRows.open(path, 'Photos'));
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
