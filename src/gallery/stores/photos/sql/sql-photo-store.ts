import type { SideRows } from '../../side-rows.ts';
import type { SqlRows } from '../../sql-rows.ts';
import type { PhotoStore, PhotoWrites } from '../photo-store.ts';
import { SqlPhotoReads } from './sql-photo-reads.ts';
import { SqlPhotoWrites } from './sql-photo-writes.ts';

/** Photos beside a gallery's people, in its file or its database. */
export class SqlPhotoStore extends SqlPhotoReads implements PhotoStore {
  readonly #side: SideRows;

  /** @param side - the store disposes of it */
  constructor(side: SideRows) {
    super(side.dialect);
    this.#side = side;
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
