import type { LivingAt, PersonKey, PersonRow, RowPage, StoredPerson } from '../gallery-store.ts';
import { personColumns } from '../row-reader.ts';
import { alive, livingParameter, storedPersonIn, textIn, wholeIn } from './row-values.ts';
import type { PgValue, SqlSession } from './sql-session.ts';

/** The statements of one gallery among those of a database. */
export interface GalleryScope {
  readonly session: SqlSession;
  /** The number of the gallery. */
  readonly gallery: number;
  readonly dimension: number;
}

const SELECT = `SELECT seq, id, name, created_at, expires_at, consent_text, consent_at,
  (SELECT count(*) FROM face WHERE person_seq = person.seq) AS faces FROM person WHERE gallery_seq = $1`;

/** Inserts people, in order. */
export async function insertPeople(
  { session, gallery }: GalleryScope,
  people: readonly PersonRow[],
): Promise<readonly StoredPerson[]> {
  if (people.length === 0) return [];
  const columns = people.map(personColumns);
  const rows = await session.query(
    // Numbered in the order of the rows, which an INSERT of a bare unnest would not have to keep.
    `INSERT INTO person (gallery_seq, id, name, created_at, expires_at, consent_text, consent_at)
     SELECT $1, id, name, created_at, expires_at, consent_text, consent_at
     FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[]) WITH ORDINALITY
       AS given (id, name, created_at, expires_at, consent_text, consent_at, place)
     ORDER BY place RETURNING seq, id`,
    [gallery, ...transposed(columns)],
  );
  const seqs = new Map(rows.map((row) => [textIn(row, 'id'), wholeIn(row, 'seq')]));
  return people.map((row) => ({ ...row, faces: 0, seq: seqs.get(row.id)! }));
}

/** The person with an id, a name or a number. */
export async function findPerson(
  { session, gallery }: GalleryScope,
  by: PersonKey,
  livingAt: LivingAt,
): Promise<StoredPerson | null> {
  const [column, value] = 'id' in by ? ['id', by.id] : 'name' in by ? ['name', by.name] : ['seq', by.seq];
  if (!canBeKept(value)) return null;
  const [row] = await session.query(`${SELECT} AND ${column} = $2 AND ${alive('$3')}`, [
    gallery,
    value,
    livingParameter(livingAt),
  ]);
  return row ? storedPersonIn(row) : null;
}

/** Everybody with one of the ids or names. */
export async function peopleOf(
  { session, gallery }: GalleryScope,
  { ids, names }: { readonly ids: readonly string[]; readonly names: readonly string[] },
  livingAt: LivingAt,
): Promise<readonly StoredPerson[]> {
  const rows = await session.query(
    // Two looks into two indexes: an OR of both makes the planner read everybody.
    `${SELECT} AND ${alive('$4')} AND seq IN (SELECT seq FROM person WHERE gallery_seq = $1 AND id = ANY($2::text[])
       UNION SELECT seq FROM person WHERE gallery_seq = $1 AND name = ANY($3::text[]))`,
    [gallery, ids.filter(canBeKept), names.filter(canBeKept), livingParameter(livingAt)],
  );
  return rows.map(storedPersonIn);
}

/** People after a number, in order. */
export async function peopleAfter(
  { session, gallery }: GalleryScope,
  { after, limit, livingAt, query = '' }: RowPage & { readonly query?: string | undefined },
): Promise<readonly StoredPerson[]> {
  if (!canBeKept(query)) return [];
  const rows = await session.query(
    // In the collation "C" lower() knows A-Z alone, and strpos() compares letters, of which % and _ are two.
    `${SELECT} AND seq > $2 AND ${alive('$3')} AND strpos(lower(name COLLATE "C"), lower($4::text COLLATE "C")) > 0
     ORDER BY seq LIMIT $5`,
    [gallery, after, livingParameter(livingAt), query, limit],
  );
  return rows.map(storedPersonIn);
}

/** People whose time is over. */
export async function expiredPeople(
  { session, gallery }: GalleryScope,
  at: number,
): Promise<readonly StoredPerson[]> {
  return (await session.query(`${SELECT} AND expires_at <= $2`, [gallery, at])).map(storedPersonIn);
}

/** Changes what is given of a person. */
export async function updatePerson(
  { session, gallery }: GalleryScope,
  seq: number,
  { name, expiresAt, consent }: Partial<Pick<PersonRow, 'name' | 'expiresAt' | 'consent'>>,
): Promise<void> {
  await session.run(
    `UPDATE person SET name = CASE WHEN $3 THEN $4 ELSE name END,
       expires_at = CASE WHEN $5 THEN $6::bigint ELSE expires_at END,
       consent_text = CASE WHEN $7 THEN $8 ELSE consent_text END,
       consent_at = CASE WHEN $7 THEN $9::bigint ELSE consent_at END
     WHERE gallery_seq = $1 AND seq = $2`,
    [
      ...[gallery, seq, name !== undefined, name ?? null, expiresAt !== undefined],
      ...[expiresAt?.getTime() ?? null, consent !== undefined, consent?.text ?? null],
      consent?.at.getTime() ?? null,
    ],
  );
}

/** Rows as columns, for `unnest`. */
export function transposed<Value extends string | number | boolean | null | Uint8Array>(
  rows: readonly (readonly Value[])[],
): PgValue[] {
  return rows[0]!.map((_, column) => rows.map((row) => row[column]!));
}

/** False for what no row can hold: PostgreSQL's texts have no character of number 0. */
export function canBeKept(value: string | number): boolean {
  return typeof value === 'number' || !value.includes('\0');
}
