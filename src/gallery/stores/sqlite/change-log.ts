import type { SqliteConnection, SqlRow } from '../../../node/sqlite/sqlite-connection.ts';
import type { IndexedFace, IndexedNegative, StoreChanges } from '../gallery-store.ts';
import { embeddingIn, wholeIn } from './row-values.ts';

/** Changes told at once: a few megabytes. */
const BATCH = 4096;
/** How many changes the file remembers; who missed more reads everything again. */
const CHANGES_KEPT = 100_000;

/** The number of the last change. */
export function lastChange(connection: SqliteConnection): number {
  return Number(connection.get('SELECT coalesce(max(seq), 0) AS seq FROM change')!['seq']);
}

/** What the triggers wrote down after a change. @returns `null` where some of it is forgotten */
export function changesAfter(
  connection: SqliteConnection,
  cursor: number,
  dimension: number,
): StoreChanges | null {
  const oldest = connection.get('SELECT min(seq) AS seq FROM change')!['seq'];
  if (oldest !== null && Number(oldest) > cursor + 1) return null;
  const rows = connection.all(
    `SELECT change.seq, change.face_seq, face.person_seq, face.embedding
     FROM change LEFT JOIN face ON face.seq = change.face_seq WHERE change.seq > ? ORDER BY change.seq LIMIT ?`,
    [cursor, BATCH],
  );
  return {
    faces: rows
      .filter((row) => row['face_seq'] !== null)
      .map((row) => ({
        seq: wholeIn(row, 'face_seq'),
        face: row['person_seq'] === null ? null : toIndexed(row, 'face_seq', dimension),
      })),
    negatives: rows.some((row) => row['face_seq'] === null),
    cursor: rows.length > 0 ? wholeIn(rows.at(-1)!, 'seq') : cursor,
    more: rows.length === BATCH,
  };
}

/** Faces for an index, in order. */
export function indexFacesAfter(
  connection: SqliteConnection,
  page: { readonly after: number; readonly limit: number; readonly dimension: number },
): readonly IndexedFace[] {
  const rows = connection.all(
    'SELECT seq, person_seq, embedding FROM face WHERE seq > ? ORDER BY seq LIMIT ?',
    [page.after, page.limit],
  );
  return rows.map((row) => toIndexed(row, 'seq', page.dimension));
}

/** Negative examples for an index. */
export function allNegatives(connection: SqliteConnection, dimension: number): readonly IndexedNegative[] {
  return connection.all('SELECT person_seq, embedding FROM negative').map((row) => ({
    personSeq: wholeIn(row, 'person_seq'),
    embedding: embeddingIn(row, 'embedding', dimension),
  }));
}

/** Forgets old changes; to be called within a transaction that adds some. */
export function pruneChanges(connection: SqliteConnection): void {
  connection.run('DELETE FROM change WHERE seq <= (SELECT max(seq) FROM change) - ?', [CHANGES_KEPT]);
}

function toIndexed(row: SqlRow, seq: string, dimension: number): IndexedFace {
  return {
    seq: wholeIn(row, seq),
    personSeq: wholeIn(row, 'person_seq'),
    embedding: embeddingIn(row, 'embedding', dimension),
  };
}
