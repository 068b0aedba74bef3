import { FaceTriggerError } from '../../../core/errors.ts';
import { isKind } from '../../../core/is-kind.ts';
import { embeddingFromBytes } from '../../embedding-bytes.ts';
import type { LivingAt } from '../gallery-store.ts';
import type { PgRow } from './sql-session.ts';

/** Keeps people who are alive at the moment of a parameter, which {@link livingParameter} makes. */
export const alive = (parameter: string): string =>
  `(person.expires_at IS NULL OR person.expires_at > ${parameter}::bigint)`;

/** The value for {@link alive}. */
export function livingParameter(livingAt: LivingAt): number {
  return livingAt ?? Number.MIN_SAFE_INTEGER;
}

/** A text of a row. @throws FaceTriggerError `ERR_FILE_FORMAT`, as the functions beside it */
export function textIn(row: PgRow, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : wrong(column);
}

/** A text of a row, or `null`. */
export function textOrNullIn(row: PgRow, column: string): string | null {
  return row[column] === null ? null : textIn(row, column);
}

/** A whole number of a row. */
export function wholeIn(row: PgRow, column: string): number {
  const value = row[column];
  return Number.isSafeInteger(value) ? (value as number) : wrong(column);
}

/** A moment of a row. */
export function dateIn(row: PgRow, column: string): Date {
  const date = new Date(wholeIn(row, column));
  return Number.isNaN(date.getTime()) ? wrong(column) : date;
}

/** A moment of a row, or `null`. */
export function dateOrNullIn(row: PgRow, column: string): Date | null {
  return row[column] === null ? null : dateIn(row, column);
}

/** Bytes of a row, or `null`. */
export function bytesOrNullIn(row: PgRow, column: string): Uint8Array | null {
  const value = row[column];
  if (value === null) return null;
  return isKind(value, 'Uint8Array') ? value : wrong(column);
}

/** An embedding of a row: finite, not all zeros. @param dimension - how many numbers it has to have */
export function embeddingIn(row: PgRow, column: string, dimension: number): Float32Array {
  const bytes = bytesOrNullIn(row, column);
  if (bytes?.length !== 4 * dimension) return wrong(column);
  const embedding = embeddingFromBytes(bytes);
  let squares = 0;
  for (let i = 0; i < dimension; i++) squares += embedding[i]! ** 2;
  return Number.isFinite(squares) && squares > 0 ? embedding : wrong(column);
}

/** The error for rows that are not as they were written. */
export function damagedRows(what: string): FaceTriggerError {
  return new FaceTriggerError(
    'ERR_FILE_FORMAT',
    `The gallery's tables in PostgreSQL were changed by somebody else: ${what}; go back to an export or a backup`,
  );
}

// The value itself may be a name or biometric data, which messages don't repeat.
function wrong(column: string): never {
  throw damagedRows(`${column} holds something that does not belong there`);
}
