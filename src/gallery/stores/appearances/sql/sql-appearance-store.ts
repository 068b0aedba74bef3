import type { SideRows } from '../../side-rows.ts';
import type { SqlRows } from '../../sql-rows.ts';
import type { AppearanceStore, AppearanceWrites } from '../appearance-store.ts';
import { SqlAppearanceReads } from './sql-appearance-reads.ts';
import { SqlAppearanceWrites } from './sql-appearance-writes.ts';

/** Appearances beside a gallery's people, in its file or its database. */
export class SqlAppearanceStore extends SqlAppearanceReads implements AppearanceStore {
  readonly #side: SideRows;

  /** @param side - the store disposes of it */
  constructor(side: SideRows) {
    super(side.dialect);
    this.#side = side;
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
