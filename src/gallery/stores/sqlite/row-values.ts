import { FaceTriggerError } from '../../../core/errors.ts';
import { isKind } from '../../../core/is-kind.ts';
import type { SqlRow } from '../../../node/sqlite/sqlite-connection.ts';
import { embeddingFromBytes } from '../../embedding-bytes.ts';

/** Farthest moment that a Date can hold, in milliseconds from 1970. Source: ECMA-262, "Time Values". */
const LAST_MOMENT = 8.64e15;

/**
 * A text of a row. SQLite keeps values of any type in any column, so a file that was damaged or made by somebody
 * else may hold anything.
 *
 * @throws FaceTriggerError `ERR_FILE_FORMAT`, as the functions beside it
 */
export function textIn(row: SqlRow, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : wrong(column, 'text', value);
}

/** A text of a row, or `null`. */
export function textOrNullIn(row: SqlRow, column: string): string | null {
  return row[column] === null ? null : textIn(row, column);
}

/** A whole number of a row. */
export function wholeIn(row: SqlRow, column: string): number {
  const value = row[column];
  return Number.isSafeInteger(value) ? (value as number) : wrong(column, 'a whole number', value);
}

/** A moment of a row. */
export function dateIn(row: SqlRow, column: string): Date {
  const value = row[column];
  if (Number.isSafeInteger(value) && Math.abs(value as number) <= LAST_MOMENT)
    return new Date(value as number);
  return wrong(column, 'a date', value);
}

/** A moment of a row, or `null`. */
export function dateOrNullIn(row: SqlRow, column: string): Date | null {
  return row[column] === null ? null : dateIn(row, column);
}

/**
 * An embedding of a row.
 *
 * @param dimension - how many numbers it has to have. @defaultValue any
 */
export function embeddingIn(row: SqlRow, column: string, dimension?: number): Float32Array {
  const value = row[column];
  if (!isKind(value, 'Uint8Array') || value.length === 0 || value.length % 4 !== 0)
    return wrong(column, 'the bytes of an embedding', value);
  const embedding = embeddingFromBytes(value);
  if (dimension !== undefined && embedding.length !== dimension)
    return wrong(column, `${dimension} numbers`, value);
  let squares = 0;
  for (let i = 0; i < embedding.length; i++) squares += embedding[i]! ** 2;
  return Number.isFinite(squares) && squares > 0 ? embedding : wrong(column, 'a finite embedding', value);
}

/** A row that has to be there, because it was written just now or another row tells of it. */
export function written(row: SqlRow | null): SqlRow {
  if (row === null) throw damagedGallery('a row cannot be found that is there');
  return row;
}

/** The error for a file whose content is not as it was written. */
export function damagedGallery(what: string): FaceTriggerError {
  return new FaceTriggerError(
    'ERR_FILE_FORMAT',
    `The gallery's file is damaged: ${what}; go back to an export or a backup`,
  );
}

// The value itself may be a name or biometric data, which messages don't repeat.
function wrong(column: string, expected: string, value: unknown): never {
  const found = isKind(value, 'Uint8Array')
    ? `${value.length} bytes`
    : value === null
      ? 'nothing'
      : `a ${typeof value}`;
  throw damagedGallery(`${column} holds ${found} where ${expected} is due`);
}
