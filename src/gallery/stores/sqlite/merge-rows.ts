import type { SqliteConnection } from '../../../node/sqlite/sqlite-connection.ts';
import type { MergedRows, MergeKey, MergeRow, RowPage, Stored } from '../gallery-store.ts';
import { personColumns } from '../row-reader.ts';
import { mergeIn, textIn } from './row-values.ts';

const SELECT = `SELECT seq, id, person_id, name, created_at, expires_at, consent_text, consent_at, into_id, merged_at
  FROM merge`;

/** What a merge remembers the numbers of. */
const MOVED = ['face', 'negative'] as const;

/** Merges by id, by who has the rows, or of people whose time is over. */
export function findMerges(connection: SqliteConnection, by: MergeKey): readonly Stored<MergeRow>[] {
  const [where, value] =
    'id' in by
      ? ['id = ?', by.id]
      : 'intoId' in by
        ? ['into_id = ?', by.intoId]
        : ['expires_at <= ?', by.expiredAt];
  return connection.all(`${SELECT} WHERE ${where}`, [value]).map(mergeIn);
}

/** Merges after a number, in order, with what they remember. */
export function mergesAfter(
  connection: SqliteConnection,
  { after, limit }: Pick<RowPage, 'after' | 'limit'>,
): readonly (Stored<MergeRow> & MergedRows)[] {
  const idsOf = (kind: string, seq: number): readonly string[] =>
    connection
      .all(
        `SELECT id FROM merge_${kind} JOIN ${kind} ON seq = ${kind}_seq WHERE merge_seq = ? ORDER BY seq`,
        [seq],
      )
      .map((row) => textIn(row, 'id'));
  return connection.all(`${SELECT} WHERE seq > ? ORDER BY seq LIMIT ?`, [after, limit]).map((row) => {
    const merge = mergeIn(row);
    return { ...merge, faces: idsOf('face', merge.seq), negatives: idsOf('negative', merge.seq) };
  });
}

/** Remembers a merge and what the person has now. */
export function insertMerge(connection: SqliteConnection, merge: MergeRow, personSeq: number): void {
  const mergeSeq = insertRow(connection, merge);
  for (const kind of MOVED) {
    connection.run(`INSERT INTO merge_${kind} SELECT ?, seq FROM ${kind} WHERE person_seq = ?`, [
      mergeSeq,
      personSeq,
    ]);
  }
}

/** Remembers a merge and what it moved. */
export function restoreMerge(
  connection: SqliteConnection,
  merge: MergeRow,
  { faces, negatives }: MergedRows,
): void {
  const mergeSeq = insertRow(connection, merge);
  const ids = { face: faces, negative: negatives };
  for (const kind of MOVED) {
    connection.run(
      `INSERT INTO merge_${kind} SELECT ?, seq FROM ${kind} WHERE id IN (SELECT value FROM json_each(?))`,
      [mergeSeq, JSON.stringify(ids[kind])],
    );
  }
}

function insertRow(connection: SqliteConnection, { id, person, intoId, mergedAt }: MergeRow): number {
  const { rowId } = connection.run(
    `INSERT INTO merge (id, person_id, name, created_at, expires_at, consent_text, consent_at, into_id, merged_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [id, ...personColumns(person), intoId, mergedAt.getTime()],
  );
  return rowId;
}

/** Gives all that one person has to another. @returns how many faces */
export function moveRows(connection: SqliteConnection, fromSeq: number, toSeq: number): number {
  const [faces] = MOVED.map((kind) =>
    connection.run(`UPDATE ${kind} SET person_seq = ? WHERE person_seq = ?`, [toSeq, fromSeq]),
  );
  return faces!.changes;
}

/** Gives what a merge remembers to a person. */
export function moveMerged(connection: SqliteConnection, mergeSeq: number, toSeq: number): void {
  for (const kind of MOVED) {
    connection.run(`UPDATE ${kind} SET person_seq = ? WHERE seq IN (${remembered(kind)})`, [toSeq, mergeSeq]);
  }
}

/** Removes what a merge remembers. */
export function deleteMerged(connection: SqliteConnection, mergeSeq: number): void {
  for (const kind of MOVED) {
    connection.run(`DELETE FROM ${kind} WHERE seq IN (${remembered(kind)})`, [mergeSeq]);
  }
}

function remembered(kind: (typeof MOVED)[number]): string {
  return `SELECT ${kind}_seq FROM merge_${kind} WHERE merge_seq = ?`;
}
