import type { FaceTriggerError } from '../../core/errors.ts';
import { isKind } from '../../core/is-kind.ts';
import { embeddingFromBytes } from '../embedding-bytes.ts';
import type { NegativeExample } from '../gallery-types.ts';
import type { FaceQualityFacts } from '../review-face.ts';
import type { MergeRow, PersonRow, Stored, StoredPerson } from './gallery-store.ts';

/** Farthest moment that a Date can hold, in milliseconds from 1970. Source: ECMA-262, "Time Values". */
const LAST_MOMENT = 8.64e15;

/** A row of a table; columns by name. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Reads values out of the rows of a database. A file that was damaged and tables that somebody else changed may hold
 * anything.
 *
 * @param damaged - the error for rows that are not as they were written, which every function throws
 */
export function rowReader(damaged: (what: string) => FaceTriggerError) {
  // The value itself may be a name or biometric data, which messages don't repeat.
  function wrong(column: string, expected: string, value: unknown): never {
    const found = isKind(value, 'Uint8Array')
      ? `${value.length} bytes`
      : value === null
        ? 'nothing'
        : `a ${typeof value}`;
    throw damaged(`${column} holds ${found} where ${expected} is due`);
  }

  function textIn(row: Row, column: string): string {
    const value = row[column];
    return typeof value === 'string' ? value : wrong(column, 'text', value);
  }

  function textOrNullIn(row: Row, column: string): string | null {
    return row[column] === null ? null : textIn(row, column);
  }

  function wholeIn(row: Row, column: string): number {
    const value = row[column];
    return Number.isSafeInteger(value) ? (value as number) : wrong(column, 'a whole number', value);
  }

  function flagIn(row: Row, column: string): boolean {
    return wholeIn(row, column) === 1;
  }

  function numberIn(row: Row, column: string): number {
    const value = row[column];
    // PostgreSQL's driver gives fractions as text.
    const number = typeof value === 'string' && value !== '' ? Number(value) : value;
    return Number.isFinite(number) ? (number as number) : wrong(column, 'a number', value);
  }

  function numberOrNullIn(row: Row, column: string): number | null {
    return row[column] === null ? null : numberIn(row, column);
  }

  /** An object or a list. */
  function jsonIn<Value>(row: Row, column: string): Value {
    try {
      const value: unknown = JSON.parse(textIn(row, column));
      if (typeof value === 'object' && value !== null) return value as Value;
    } catch {
      // Said below.
    }
    throw damaged(`${column} is not as it was written`);
  }

  function dateIn(row: Row, column: string): Date {
    const value = row[column];
    if (Number.isSafeInteger(value) && Math.abs(value as number) <= LAST_MOMENT)
      return new Date(value as number);
    return wrong(column, 'a date', value);
  }

  function dateOrNullIn(row: Row, column: string): Date | null {
    return row[column] === null ? null : dateIn(row, column);
  }

  function bytesOrNullIn(row: Row, column: string): Uint8Array | null {
    const value = row[column];
    return value === null || isKind(value, 'Uint8Array') ? value : wrong(column, 'bytes', value);
  }

  /** Finite, not all zeros. @param dimension - how many numbers it has to have. @defaultValue any */
  function embeddingIn(row: Row, column: string, dimension?: number): Float32Array {
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

  /** What `person` and `merge` have in common, but for the id. */
  function personIn(row: Row): Omit<PersonRow, 'id'> {
    const consent = textOrNullIn(row, 'consent_text');
    return {
      name: textIn(row, 'name'),
      createdAt: dateIn(row, 'created_at'),
      expiresAt: dateOrNullIn(row, 'expires_at'),
      consent: consent === null ? null : { text: consent, at: dateIn(row, 'consent_at') },
    };
  }

  function storedPersonIn(row: Row): StoredPerson {
    return {
      seq: wholeIn(row, 'seq'),
      id: textIn(row, 'id'),
      faces: wholeIn(row, 'faces'),
      ...personIn(row),
    };
  }

  function mergeIn(row: Row): Stored<MergeRow> {
    return {
      seq: wholeIn(row, 'seq'),
      id: textIn(row, 'id'),
      person: { id: textIn(row, 'person_id'), ...personIn(row) },
      intoId: textIn(row, 'into_id'),
      mergedAt: dateIn(row, 'merged_at'),
    };
  }

  /** @param dimension - of the embedding, where the row has it. @defaultValue any */
  function negativeIn(row: Row, dimension?: number): Stored<NegativeExample> {
    return {
      seq: wholeIn(row, 'seq'),
      id: textIn(row, 'id'),
      personId: textIn(row, 'person_id'),
      source: textOrNullIn(row, 'source'),
      createdAt: dateIn(row, 'created_at'),
      ...('embedding' in row ? { embedding: embeddingIn(row, 'embedding', dimension) } : {}),
    };
  }

  function qualityIn(row: Row): FaceQualityFacts | null {
    // The text "null" is none either.
    return row['quality'] === null || row['quality'] === 'null' ? null : jsonIn(row, 'quality');
  }

  return {
    textIn,
    textOrNullIn,
    wholeIn,
    flagIn,
    numberIn,
    numberOrNullIn,
    dateIn,
    dateOrNullIn,
    jsonIn,
    bytesOrNullIn,
    embeddingIn,
    storedPersonIn,
    mergeIn,
    negativeIn,
    qualityIn,
  };
}

/** What the columns of a person hold, for `person` and `merge`. */
export function personColumns({ id, name, createdAt, expiresAt, consent }: PersonRow) {
  return [
    id,
    name,
    createdAt.getTime(),
    expiresAt?.getTime() ?? null,
    consent?.text ?? null,
    consent?.at.getTime() ?? null,
  ] as const;
}
