import { isKind } from '../../../core/is-kind.ts';
import type { SqliteConnection, SqlRow, SqlValue } from '../../../node/sqlite/sqlite-connection.ts';
import { bytesFromEmbedding } from '../../embedding-bytes.ts';
import type { Face, NegativeExample } from '../../gallery-types.ts';
import type { FaceOwner, FaceRow, LivingAt, NegativeRow, OwnedPage, Stored } from '../gallery-store.ts';
import { ALIVE, aliveAt } from './person-rows.ts';
import { negativeIn, qualityIn, textIn, textOrNullIn, wholeIn } from './row-values.ts';

/** Inserts a face. @returns the row's number */
export function insertFace(connection: SqliteConnection, face: FaceRow, embedderSeq: number): number {
  const { rowId } = connection.run(
    `INSERT INTO face (id, person_seq, embedder_seq, embedding, quality, source, thumbnail, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      face.id,
      face.personSeq,
      embedderSeq,
      bytesFromEmbedding(face.embedding),
      face.quality ? JSON.stringify(face.quality) : null,
      face.source,
      face.thumbnail,
      face.createdAt.getTime(),
    ],
  );
  return rowId;
}

/** Inserts a negative example. @returns the row's number */
export function insertNegative(connection: SqliteConnection, example: NegativeRow): number {
  const { rowId } = connection.run(
    'INSERT INTO negative (id, person_seq, embedding, source, created_at) VALUES (?, ?, ?, ?, ?)',
    [
      example.id,
      example.personSeq,
      bytesFromEmbedding(example.embedding),
      example.source,
      example.createdAt.getTime(),
    ],
  );
  return rowId;
}

/** Faces after a number, in order. */
export function facesAfter(connection: SqliteConnection, page: OwnedPage): readonly Stored<Face>[] {
  const [where, values] = ownedBy(page, 'face');
  const select = selectFaces(page.withEmbeddings ?? false);
  return connection.all(`${select} ${where}`, values).map(toFace);
}

/** Negative examples after a number, in order. */
export function negativesAfter(
  connection: SqliteConnection,
  page: OwnedPage,
): readonly Stored<NegativeExample>[] {
  const [where, values] = ownedBy(page, 'negative');
  const embedding = page.withEmbeddings ? ', embedding' : '';
  const select = `SELECT negative.seq, negative.id, person.id AS person_id, source, negative.created_at${embedding}
    FROM negative JOIN person ON person.seq = person_seq`;
  return connection.all(`${select} ${where}`, values).map((row) => negativeIn(row));
}

/** The face with an id, with its embedding. */
export function findFace(connection: SqliteConnection, id: string, livingAt: LivingAt): Stored<Face> | null {
  const row = connection.get(`${selectFaces(true)} WHERE face.id = ? AND ${ALIVE}`, [id, aliveAt(livingAt)]);
  return row && toFace(row);
}

/** The picture of a face. @returns `null` where there is no such face */
export function findThumbnail(
  connection: SqliteConnection,
  id: string,
  livingAt: LivingAt,
): { readonly thumbnail: Uint8Array | null } | null {
  const row = connection.get(
    `SELECT thumbnail FROM face JOIN person ON person.seq = person_seq WHERE face.id = ? AND ${ALIVE}`,
    [id, aliveAt(livingAt)],
  );
  if (row === null) return null;
  const { thumbnail } = row;
  return { thumbnail: isKind(thumbnail, 'Uint8Array') ? thumbnail : null };
}

/** Whose faces are, by their numbers; faces that nobody has are left out. */
export function ownersOf(
  connection: SqliteConnection,
  faces: readonly number[],
  livingAt: LivingAt,
): ReadonlyMap<number, FaceOwner> {
  // One statement for all: a search asks for ten, and a statement each takes longer than the search itself.
  const rows = connection.all(
    `SELECT face.seq, person.id AS person_id, name, face.id AS face_id, source FROM json_each(?)
     JOIN face ON face.seq = value JOIN person ON person.seq = person_seq WHERE ${ALIVE}`,
    [JSON.stringify(faces), aliveAt(livingAt)],
  );
  return new Map(
    rows.map((row) => [
      wholeIn(row, 'seq'),
      {
        face: { id: textIn(row, 'face_id'), source: textOrNullIn(row, 'source') },
        person: { id: textIn(row, 'person_id'), name: textIn(row, 'name') },
      },
    ]),
  );
}

/** Whether a face, or a negative example, has an id. */
export function hasId(connection: SqliteConnection, kind: 'face' | 'negative', id: string): boolean {
  return connection.get(`SELECT 1 AS one FROM ${kind} WHERE id = ?`, [id]) !== null;
}

/** Whether a person has a face of the very same embedding. */
export function hasEmbedding(
  connection: SqliteConnection,
  { personSeq, embedding }: Pick<FaceRow, 'personSeq' | 'embedding'>,
): boolean {
  const values = [personSeq, bytesFromEmbedding(embedding)];
  return connection.get('SELECT 1 AS one FROM face WHERE person_seq = ? AND embedding = ?', values) !== null;
}

function selectFaces(withEmbeddings: boolean): string {
  return `SELECT face.seq, face.id, person.id AS person_id, embedder.id AS embedder_id, embedder.sha256,
    quality, source, thumbnail IS NOT NULL AS has_thumbnail, face.created_at${withEmbeddings ? ', embedding' : ''}
    FROM face JOIN person ON person.seq = person_seq JOIN embedder ON embedder.seq = embedder_seq`;
}

function ownedBy(page: OwnedPage, table: 'face' | 'negative'): readonly [string, readonly SqlValue[]] {
  const { after, livingAt, limit, personSeq } = page;
  const owner = personSeq === undefined ? '' : ' AND person_seq = ?';
  return [
    `WHERE ${table}.seq > ? AND ${ALIVE}${owner} ORDER BY ${table}.seq LIMIT ?`,
    [after, aliveAt(livingAt), ...(personSeq === undefined ? [] : [personSeq]), limit],
  ];
}

function toFace(row: SqlRow): Stored<Face> {
  return {
    ...negativeIn(row),
    embedder: { id: textIn(row, 'embedder_id'), sha256: textIn(row, 'sha256') },
    quality: qualityIn(row),
    hasThumbnail: row['has_thumbnail'] === 1,
  };
}
