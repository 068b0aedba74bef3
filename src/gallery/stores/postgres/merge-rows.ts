import type { MergeKey, MergeRow, Stored } from '../gallery-store.ts';
import { canBeKept, type GalleryScope, personColumns, personIn } from './person-rows.ts';
import { dateIn, textIn, wholeIn } from './row-values.ts';

/** What a merge remembers the numbers of. */
const MOVED = ['face', 'negative'] as const;

/** Merges by id, by who has the rows, or of people whose time is over. */
export async function findMerges(
  { session, gallery }: GalleryScope,
  by: MergeKey,
): Promise<readonly Stored<MergeRow>[]> {
  const [where, value] =
    'id' in by
      ? ['id = $2', by.id]
      : 'intoId' in by
        ? ['into_id = $2', by.intoId]
        : ['expires_at <= $2', by.expiredAt];
  if (!canBeKept(value)) return [];
  const rows = await session.query(
    `SELECT seq, id, person_id, name, created_at, expires_at, consent_text, consent_at, into_id, merged_at
     FROM merge WHERE gallery_seq = $1 AND ${where} ORDER BY seq`,
    [gallery, value],
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
export async function insertMerge(
  { session, gallery }: GalleryScope,
  { id, person, intoId, mergedAt }: MergeRow,
  personSeq: number,
): Promise<void> {
  const [row] = await session.query(
    `INSERT INTO merge (gallery_seq, id, person_id, name, created_at, expires_at, consent_text, consent_at, into_id,
       merged_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING seq`,
    [gallery, id, ...personColumns(person), intoId, mergedAt.getTime()],
  );
  for (const kind of MOVED) {
    await session.run(`INSERT INTO merge_${kind} SELECT $1, seq FROM ${kind} WHERE person_seq = $2`, [
      wholeIn(row!, 'seq'),
      personSeq,
    ]);
  }
}

/** Gives all that one person has to another. @returns how many faces */
export async function moveRows(
  { session, gallery }: GalleryScope,
  fromSeq: number,
  toSeq: number,
): Promise<number> {
  const move = (kind: string): Promise<number> =>
    session.run(`UPDATE ${kind} SET person_seq = $3 WHERE gallery_seq = $1 AND person_seq = $2`, [
      ...[gallery, fromSeq, toSeq],
    ]);
  const faces = await move('face');
  await move('negative');
  return faces;
}

/** Gives what a merge remembers to a person. */
export async function moveMerged(
  { session, gallery }: GalleryScope,
  mergeSeq: number,
  toSeq: number,
): Promise<void> {
  for (const kind of MOVED) {
    await session.run(
      `UPDATE ${kind} SET person_seq = $3 WHERE gallery_seq = $1 AND seq IN (${remembered(kind)})`,
      [gallery, mergeSeq, toSeq],
    );
  }
}

/** Removes what a merge remembers. */
export async function deleteMerged({ session, gallery }: GalleryScope, mergeSeq: number): Promise<void> {
  for (const kind of MOVED) {
    await session.run(`DELETE FROM ${kind} WHERE gallery_seq = $1 AND seq IN (${remembered(kind)})`, [
      ...[gallery, mergeSeq],
    ]);
  }
}

function remembered(kind: (typeof MOVED)[number]): string {
  return `SELECT ${kind}_seq FROM merge_${kind} WHERE merge_seq = $2`;
}
