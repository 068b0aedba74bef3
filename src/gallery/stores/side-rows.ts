import type { SqlDialect, SqlRows } from './sql-rows.ts';

/** Rows that are kept beside a gallery's people, in its file or its database, by connections of their own. */
export interface SideRows {
  readonly dialect: SqlDialect;
  /** Where reads run. @throws FaceTriggerError `ERR_DISPOSED` */
  rows(): SqlRows;
  /** Runs work that is kept whole or, where it throws, not at all; one at a time. */
  transaction<Result>(work: (session: SqlRows) => Promise<Result>): Promise<Result>;
  /** Removes the bytes of what was deleted. */
  forget(): Promise<void>;
  dispose(): Promise<void>;
}

/** What is kept there, and how it is locked. */
export interface SideRowsKind {
  /** For messages, such as "Photos". */
  readonly what: string;
  /** With a gallery's number the lock under which it is changed in PostgreSQL. */
  readonly lock: number;
}
