import type { ChangeCursor, FaceOwner, LivingAt } from '../gallery-store.ts';
import { HAS_NEWS, seenAt } from './change-log.ts';
import type { GalleryScope } from './person-rows.ts';
import { alive, livingParameter, textIn, textOrNullIn, wholeIn } from './row-values.ts';
import type { PgRow } from './sql-session.ts';

/**
 * Whose faces are, in the order of their numbers; `null` for one that nobody has.
 *
 * @remarks One statement, so one snapshot: whoever was gone when it began is in no answer.
 */
export async function ownersOf(
  { session, gallery }: GalleryScope,
  faces: readonly number[],
  livingAt: LivingAt,
): Promise<readonly (FaceOwner | null)[]> {
  if (faces.length === 0) return [];
  const rows = await session.query(selectOwners('$2', '$3'), [gallery, faces, livingParameter(livingAt)]);
  return inOrder(faces, rows);
}

/**
 * Whose faces are, where nothing was committed after a place: both as of the same moment, in one statement.
 *
 * @returns `null` where something was, or may have been
 */
export async function ownersAt(
  { session, gallery }: GalleryScope,
  place: ChangeCursor,
  { faces, livingAt }: { readonly faces: readonly number[]; readonly livingAt: LivingAt },
): Promise<readonly (FaceOwner | null)[] | null> {
  const seen = seenAt(place);
  if (seen === null) return null;
  const rows = await session.query(
    `SELECT has_news, owner.* FROM (SELECT ${HAS_NEWS} AS has_news FROM gallery WHERE seq = $1) AS log
     LEFT JOIN LATERAL (${selectOwners('$3', '$4')}) AS owner ON NOT has_news`,
    [gallery, seen, faces, livingParameter(livingAt)],
  );
  if (rows[0]?.['has_news'] !== false) return null;
  return inOrder(
    faces,
    rows.filter(({ seq }) => seq !== null),
  );
}

function selectOwners(faces: string, living: string): string {
  // OFFSET 0: each by its number. In a gallery that the planner knows nothing of yet it would read all faces.
  return `SELECT face.seq, person.id AS person_id, name, face.id AS face_id, source
    FROM unnest(${faces}::bigint[]) AS given (seq)
    CROSS JOIN LATERAL (SELECT * FROM face WHERE face.seq = given.seq OFFSET 0) AS face
    JOIN person ON person.seq = person_seq WHERE face.gallery_seq = $1 AND ${alive(living)}`;
}

function inOrder(faces: readonly number[], rows: readonly PgRow[]): readonly (FaceOwner | null)[] {
  const owners = new Map(rows.map((row) => [wholeIn(row, 'seq'), ownerIn(row)]));
  return faces.map((face) => owners.get(face) ?? null);
}

/** Whose a face is, of a row that has it. */
export function ownerIn(row: PgRow): FaceOwner {
  return {
    face: { id: textIn(row, 'face_id'), source: textOrNullIn(row, 'source') },
    person: { id: textIn(row, 'person_id'), name: textIn(row, 'name') },
  };
}
