import { randomUUID } from 'node:crypto';
import { FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import { isKind } from '../../core/is-kind.ts';
import { checkText } from '../check-person.ts';
import { bytesFromEmbedding } from '../embedding-bytes.ts';
import type { Face, NegativeExample, NewFace } from '../gallery.ts';
import type { FaceQualityFacts } from '../review-face.ts';
import { damagedGallery, dateIn, embeddingIn, textIn, textOrNullIn, wholeIn, written } from './row-values.ts';
import type { SqliteConnection, SqlRow, SqlValue } from './sqlite-connection.ts';

/** Largest thumbnail in bytes: a picture of one face, not an album. */
export const THUMBNAIL_LIMIT_BYTES = 2 ** 20;

/** A face or negative example as the store keeps it. */
export type Stored<Item> = Item & { readonly seq: number };

interface ListedRows {
  readonly after: number;
  readonly limit: number;
  readonly personSeq?: number | undefined;
  readonly withEmbeddings?: boolean | undefined;
}

/** Inserts a face that was checked. */
export function insertFace(
  connection: SqliteConnection,
  face: NewFace & { readonly personSeq: number; readonly embedderSeq: number },
  given: { readonly id?: string; readonly createdAt?: number } = {},
): Stored<Face> {
  const thumbnail = checkThumbnail(face.thumbnail);
  const { rowId } = connection.run(
    `INSERT INTO face (id, person_seq, embedder_seq, embedding, quality, source, thumbnail, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      given.id ?? randomUUID(),
      face.personSeq,
      face.embedderSeq,
      bytesFromEmbedding(face.embedding),
      face.quality ? JSON.stringify(face.quality) : null,
      checkText(face.source, 'source'),
      thumbnail,
      given.createdAt ?? Date.now(),
    ],
  );
  return toFace(written(connection.get(`${selectFaces(false)} WHERE face.seq = ?`, [rowId])));
}

/** @throws FaceTriggerError `ERR_INVALID_ARGUMENT` */
export function checkThumbnail(thumbnail: Uint8Array | null = null): Uint8Array | null {
  if (thumbnail === null) return null;
  if (isKind(thumbnail, 'Uint8Array') && thumbnail.length <= THUMBNAIL_LIMIT_BYTES) return thumbnail;
  throw invalidArgument(`at most ${THUMBNAIL_LIMIT_BYTES} bytes`, 'face.thumbnail', thumbnail);
}

/** Faces of people who have not expired, after a number, in order. */
export function facesAfter(connection: SqliteConnection, page: ListedRows): readonly Stored<Face>[] {
  const [where, values] = ownedBy(page, 'face');
  return connection
    .all(`${selectFaces(page.withEmbeddings ?? false)} ${where} ORDER BY face.seq LIMIT ?`, [
      ...values,
      page.limit,
    ])
    .map(toFace);
}

/** The face with an id, of somebody who has not expired. */
export function findFace(connection: SqliteConnection, id: string): Stored<Face> | null {
  const row = connection.get(
    `${selectFaces(true)} WHERE face.id = ? AND (person.expires_at IS NULL OR person.expires_at > ?)`,
    [id, Date.now()],
  );
  return row && toFace(row);
}

/** The picture of a face of somebody who has not expired. @throws FaceTriggerError `ERR_NOT_FOUND` */
export function readThumbnail(connection: SqliteConnection, id: string): Uint8Array | null {
  const row = connection.get(
    `SELECT thumbnail FROM face JOIN person ON person.seq = person_seq
     WHERE face.id = ? AND (expires_at IS NULL OR expires_at > ?)`,
    [id, Date.now()],
  );
  if (row === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no face with this id');
  const { thumbnail } = row;
  return isKind(thumbnail, 'Uint8Array') ? thumbnail : null;
}

/** @throws FaceTriggerError `ERR_NOT_FOUND` */
export function requireFaceSeq(connection: SqliteConnection, id: string): number {
  const row = connection.get('SELECT seq FROM face WHERE id = ?', [String(id)]);
  if (row === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no face with this id');
  return wholeIn(row, 'seq');
}

/** Inserts a negative example that was checked. */
export function insertNegative(
  connection: SqliteConnection,
  example: Pick<NewFace, 'embedding' | 'source'> & { readonly personSeq: number },
  given: { readonly id?: string; readonly createdAt?: number } = {},
): Stored<NegativeExample> {
  const { rowId } = connection.run(
    'INSERT INTO negative (id, person_seq, embedding, source, created_at) VALUES (?, ?, ?, ?, ?)',
    [
      given.id ?? randomUUID(),
      example.personSeq,
      bytesFromEmbedding(example.embedding),
      checkText(example.source, 'source'),
      given.createdAt ?? Date.now(),
    ],
  );
  return toNegative(written(connection.get(`${selectNegatives(false)} WHERE negative.seq = ?`, [rowId])));
}

/** Negative examples of people who have not expired, after a number, in order. */
export function negativesAfter(
  connection: SqliteConnection,
  page: ListedRows,
): readonly Stored<NegativeExample>[] {
  const [where, values] = ownedBy(page, 'negative');
  return connection
    .all(`${selectNegatives(page.withEmbeddings ?? false)} ${where} ORDER BY negative.seq LIMIT ?`, [
      ...values,
      page.limit,
    ])
    .map(toNegative);
}

function selectFaces(withEmbeddings: boolean): string {
  return `SELECT face.seq, face.id, person.id AS person_id, embedder.id AS embedder_id, embedder.sha256,
    quality, source, thumbnail IS NOT NULL AS has_thumbnail, face.created_at${withEmbeddings ? ', embedding' : ''}
    FROM face JOIN person ON person.seq = person_seq JOIN embedder ON embedder.seq = embedder_seq`;
}

function selectNegatives(withEmbeddings: boolean): string {
  return `SELECT negative.seq, negative.id, person.id AS person_id, source, negative.created_at${
    withEmbeddings ? ', embedding' : ''
  } FROM negative JOIN person ON person.seq = person_seq`;
}

function ownedBy(page: ListedRows, table: 'face' | 'negative'): readonly [string, readonly SqlValue[]] {
  const alive = `${table}.seq > ? AND (person.expires_at IS NULL OR person.expires_at > ?)`;
  const values = [page.after, Date.now()];
  if (page.personSeq === undefined) return [`WHERE ${alive}`, values];
  return [`WHERE ${alive} AND person_seq = ?`, [...values, page.personSeq]];
}

function toFace(row: SqlRow): Stored<Face> {
  return {
    seq: wholeIn(row, 'seq'),
    id: textIn(row, 'id'),
    personId: textIn(row, 'person_id'),
    embedder: { id: textIn(row, 'embedder_id'), sha256: textIn(row, 'sha256') },
    quality: qualityIn(row),
    source: textOrNullIn(row, 'source'),
    hasThumbnail: row['has_thumbnail'] === 1,
    createdAt: dateIn(row, 'created_at'),
    ...('embedding' in row ? { embedding: embeddingIn(row, 'embedding') } : {}),
  };
}

function toNegative(row: SqlRow): Stored<NegativeExample> {
  return {
    seq: wholeIn(row, 'seq'),
    id: textIn(row, 'id'),
    personId: textIn(row, 'person_id'),
    source: textOrNullIn(row, 'source'),
    createdAt: dateIn(row, 'created_at'),
    ...('embedding' in row ? { embedding: embeddingIn(row, 'embedding') } : {}),
  };
}

function qualityIn(row: SqlRow): FaceQualityFacts | null {
  const quality = textOrNullIn(row, 'quality');
  if (quality === null) return null;
  try {
    const facts: unknown = JSON.parse(quality);
    if (typeof facts === 'object') return facts as FaceQualityFacts | null;
  } catch {
    // Said below.
  }
  throw damagedGallery("a face's quality is not as it was written");
}
