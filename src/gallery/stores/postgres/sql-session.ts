/** What a statement's parameters may be; arrays for `= ANY($1)` and `unnest($1)`. */
export type PgValue =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly (string | number | boolean | null | Uint8Array)[];

/** A row; columns by name. `bigint` comes as a number, `bytea` as bytes, `xid8`, `pg_snapshot` and `json` as text. */
export type PgRow = Readonly<Record<string, string | number | boolean | null | Uint8Array>>;

/** Runs statements, in a transaction or each in its own. Errors are ours: see `postgresError`. */
export interface SqlSession {
  /** Rows of a statement, which the server prepares once a connection. */
  query(sql: string, values?: readonly PgValue[]): Promise<readonly PgRow[]>;
  /** Runs a statement. @returns how many rows it changed */
  run(sql: string, values?: readonly PgValue[]): Promise<number>;
  /** Runs statements without parameters. */
  execute(sql: string): Promise<void>;
  /** Sends rows to a `COPY ... FROM STDIN` statement. */
  copyIn(sql: string, chunks: Iterable<Uint8Array>): Promise<void>;
}
