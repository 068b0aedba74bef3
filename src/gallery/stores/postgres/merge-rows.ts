import type { MergedRows, MergeKey, MergeRow, RowPage, Stored } from '../gallery-store.ts';
import { personColumns } from '../row-reader.ts';
import { canBeKept, type GalleryScope } from './person-rows.ts';
import { mergeIn, textIn, wholeIn } from './row-values.ts';

const SELECT = `SELECT seq, id, person_id, name, created_at, expires_at, consent_text, consent_at, into_id, merged_at
  FROM merge WHERE gallery_seq = $1`;

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
  return (await session.query(`${SELECT} AND ${where} ORDER BY seq`, [gallery, value])).map(mergeIn);
}

/** Merges after a number, in order, with what they remember. */
export async function mergesAfter(
  { session, gallery }: GalleryScope,
  { after, limit }: Pick<RowPage, 'after' | 'limit'>,
): Promise<readonly (Stored<MergeRow> & MergedRows)[]> {
  const rows = await session.query(`${SELECT} AND seq > $2 ORDER BY seq LIMIT $3`, [gallery, after, limit]);
  const merges = rows.map(mergeIn);
  const idsOf = async (kind: (typeof MOVED)[number]): Promise<ReadonlyMap<number, readonly string[]>> => {
    const found = await session.query(
      `SELECT merge_seq, array_to_json(array_agg(id ORDER BY seq))::text AS ids
       FROM merge_${kind} JOIN ${kind} ON seq = ${kind}_seq WHERE merge_seq = ANY($1::bigint[]) GROUP BY merge_seq`,
      [merges.map(({ seq }) => seq)],
    );
    return new Map(
      found.map((row) => [wholeIn(row, 'merge_seq'), JSON.parse(textIn(row, 'ids')) as string[]]),
    );
  };
  const [faces, negatives] = [await idsOf('face'), await idsOf('negative')];
  return merges.map((merge) => ({
    ...merge,
    faces: faces.get(merge.seq) ?? [],
    negatives: negatives.get(merge.seq) ?? [],
  }));
}

/** Remembers a merge and what the person has now. */
export async function insertMerge(scope: GalleryScope, merge: MergeRow, personSeq: number): Promise<void> {
  const mergeSeq = await insertRow(scope, merge);
  for (const kind of MOVED) {
    await scope.session.run(`INSERT INTO merge_${kind} SELECT $1, seq FROM ${kind} WHERE person_seq = $2`, [
      mergeSeq,
      personSeq,
    ]);
  }
}

/** Remembers a merge and what it moved. */
export async function restoreMerge(
  scope: GalleryScope,
  merge: MergeRow,
  { faces, negatives }: MergedRows,
): Promise<void> {
  const mergeSeq = await insertRow(scope, merge);
  const ids = { face: faces, negative: negatives };
  for (const kind of MOVED) {
    await scope.session.run(
      `INSERT INTO merge_${kind} SELECT $1, seq FROM ${kind} WHERE gallery_seq = $2 AND id = ANY($3::text[])`,
      [mergeSeq, scope.gallery, ids[kind]],
    );
  }
}

async function insertRow(
  { session, gallery }: GalleryScope,
  { id, person, intoId, mergedAt }: MergeRow,
): Promise<number> {
  const [row] = await session.query(
    `INSERT INTO merge (gallery_seq, id, person_id, name, created_at, expires_at, consent_text, consent_at, into_id,
       merged_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING seq`,
    [gallery, id, ...personColumns(person), intoId, mergedAt.getTime()],
  );
  return wholeIn(row!, 'seq');
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
