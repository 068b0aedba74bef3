import type { FaceTriggerError } from '../../core/errors.ts';

/** What a statement's parameters may be in both databases. */
export type RowValue = string | number | null | Uint8Array;

/** A row; columns by name. */
export type SqlRow = Readonly<Record<string, unknown>>;

/**
 * Runs the statements that SQLite and PostgreSQL have in common: parameters are `$1`, `$2` ..., truth is 1 or 0, JSON
 * is text.
 */
export interface SqlRows {
  query(sql: string, values?: readonly RowValue[]): Promise<readonly SqlRow[]>;
  /** @returns how many rows changed */
  run(sql: string, values?: readonly RowValue[]): Promise<number>;
}

/** What the two databases do not have in common. */
export interface SqlDialect {
  /** The number of the gallery; a file has one, number 1. */
  readonly gallery: number;
  /** Keeps the people of the gallery: a condition, for a table `person`. */
  readonly ownPeople: string;
  /** Selects `revision`: how far the gallery has changed. */
  readonly galleryRevision: string;
  /** The error for rows that are not as they were written. */
  readonly damaged: (what: string) => FaceTriggerError;
}
