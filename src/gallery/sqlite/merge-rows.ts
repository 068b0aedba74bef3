import { randomUUID } from 'node:crypto';
import { FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import { findPerson, personBySeq, refuseTakenName, requirePerson, type StoredPerson } from './person-rows.ts';
import { textIn, wholeIn } from './row-values.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

/**
 * Moves all that one person has to another, removes the first and remembers what moved.
 *
 * @throws FaceTriggerError `ERR_NOT_FOUND`, `ERR_INVALID_ARGUMENT` where both are the same
 */
export function mergePerson(
  connection: SqliteConnection,
  id: string,
  intoId: string,
): { readonly id: string; readonly person: StoredPerson; readonly movedFaces: number } {
  const from = requirePerson(connection, id);
  const into = requirePerson(connection, intoId);
  if (from.seq === into.seq) throw invalidArgument('another person', 'intoId', intoId);
  const mergeId = randomUUID();
  const { rowId } = connection.run(
    `INSERT INTO merge (id, person_id, name, created_at, expires_at, consent_text, consent_at, into_id, merged_at)
     SELECT ?, id, name, created_at, expires_at, consent_text, consent_at, ?, ? FROM person WHERE seq = ?`,
    [mergeId, into.id, Date.now(), from.seq],
  );
  connection.run('INSERT INTO merge_face SELECT ?, seq FROM face WHERE person_seq = ?', [rowId, from.seq]);
  connection.run('INSERT INTO merge_negative SELECT ?, seq FROM negative WHERE person_seq = ?', [
    rowId,
    from.seq,
  ]);
  const moved = connection.run('UPDATE face SET person_seq = ? WHERE person_seq = ?', [into.seq, from.seq]);
  connection.run('UPDATE negative SET person_seq = ? WHERE person_seq = ?', [into.seq, from.seq]);
  connection.run('DELETE FROM person WHERE seq = ?', [from.seq]);
  return { id: mergeId, person: personBySeq(connection, into.seq), movedFaces: moved.changes };
}

/**
 * Makes the person again and gives back what moved and still exists.
 *
 * @throws FaceTriggerError `ERR_NOT_FOUND` for an unknown merge, `ERR_CONFLICT` where the name is taken or the
 * person who got the faces was merged into somebody else later
 */
export function undoMerge(connection: SqliteConnection, mergeId: string): StoredPerson {
  const merge = connection.get(
    'SELECT seq, name, into_id FROM merge WHERE id = ? AND (expires_at IS NULL OR expires_at > ?)',
    [String(mergeId), Date.now()],
  );
  if (merge === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no merge with this id');
  if (findPerson(connection, { id: textIn(merge, 'into_id') }) === null) {
    throw new FaceTriggerError(
      'ERR_CONFLICT',
      'A later merge or an expiry stands in the way: undo that first',
    );
  }
  refuseTakenName(connection, textIn(merge, 'name'));
  const seq = wholeIn(merge, 'seq');
  const { rowId } = connection.run(
    `INSERT INTO person (id, name, created_at, expires_at, consent_text, consent_at)
     SELECT person_id, name, created_at, expires_at, consent_text, consent_at FROM merge WHERE seq = ?`,
    [seq],
  );
  connection.run(
    'UPDATE face SET person_seq = ? WHERE seq IN (SELECT face_seq FROM merge_face WHERE merge_seq = ?)',
    [rowId, seq],
  );
  connection.run(
    'UPDATE negative SET person_seq = ? WHERE seq IN (SELECT negative_seq FROM merge_negative WHERE merge_seq = ?)',
    [rowId, seq],
  );
  connection.run('DELETE FROM merge WHERE seq = ?', [seq]);
  return personBySeq(connection, rowId);
}

/**
 * Deletes what is kept of merged people whose time is over: their names and consents, and the faces that came with
 * them, whoever has them now.
 *
 * @remarks A face is promised to go at the expiry it was taken under; a merge by somebody else does not prolong it.
 */
export function deleteExpiredMerges(connection: SqliteConnection): void {
  const now = Date.now();
  for (const kind of ['face', 'negative'] as const) {
    connection.run(
      `DELETE FROM ${kind} WHERE seq IN (SELECT ${kind}_seq FROM merge_${kind} JOIN merge ON merge.seq = merge_seq
       WHERE expires_at <= ?)`,
      [now],
    );
  }
  connection.run('DELETE FROM merge WHERE expires_at <= ?', [now]);
}
