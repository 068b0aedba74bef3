import type { SqliteConnection } from '../../../node/sqlite/sqlite-connection.ts';
import type { MergeKey, MergeRow, Stored } from '../gallery-store.ts';
import { personIn } from './person-rows.ts';
import { dateIn, textIn, wholeIn } from './row-values.ts';

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
  const rows = connection.all(
    `SELECT seq, id, person_id, name, created_at, expires_at, consent_text, consent_at, into_id, merged_at
     FROM merge WHERE ${where}`,
    [value],
  );
  return rows.map((row) => ({
    seq: wholeIn(row, 'seq'),
    id: textIn(row, 'id'),
    person: { id: textIn(row, 'person_id'), ...personIn(row) },
    intoId: textIn(row, 'into_id'),
    mergedAt: dateIn(row, 'merged_at'),
  }));
}

/** Remembers a merge and what the person has now. */
export function insertMerge(
  connection: SqliteConnection,
  { id, person, intoId, mergedAt }: MergeRow,
  personSeq: number,
): void {
  const { rowId } = connection.run(
    `INSERT INTO merge (id, person_id, name, created_at, expires_at, consent_text, consent_at, into_id, merged_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      id,
      person.id,
      person.name,
      person.createdAt.getTime(),
      person.expiresAt?.getTime() ?? null,
      person.consent?.text ?? null,
      person.consent?.at.getTime() ?? null,
      intoId,
      mergedAt.getTime(),
    ],
  );
  for (const kind of MOVED) {
    connection.run(`INSERT INTO merge_${kind} SELECT ?, seq FROM ${kind} WHERE person_seq = ?`, [
      rowId,
      personSeq,
    ]);
  }
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
