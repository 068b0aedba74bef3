import { bytesFromEmbedding, bytesOfEmbedding } from '../../embedding-bytes.ts';
import type { Face, NegativeExample } from '../../gallery-types.ts';
import type { FaceRow, LivingAt, NegativeRow, NewEmbeddingOf, OwnedPage, Stored } from '../gallery-store.ts';
import { copyRows, newSeqs } from './copy-rows.ts';
import { canBeKept, type GalleryScope, transposed } from './person-rows.ts';
import {
  alive,
  bytesOrNullIn,
  livingParameter,
  negativeIn,
  qualityIn,
  textIn,
  wholeIn,
} from './row-values.ts';
import type { PgRow, PgValue } from './sql-session.ts';

/** From so many faces on they are sent by COPY. */
const COPY_FROM = 100;

/** Inserts faces, in order. @returns their numbers */
export async function insertFaces(
  scope: GalleryScope,
  faces: readonly FaceRow[],
  embedderSeq: number,
): Promise<readonly number[]> {
  if (faces.length === 0) return [];
  const insert = faces.length < COPY_FROM ? insertFew : copyFaces;
  const seqs = await insert(scope, faces, embedderSeq);
  const pictures = faces.flatMap(({ thumbnail }, i) => (thumbnail ? [[seqs[i]!, thumbnail] as const] : []));
  if (pictures.length > 0) {
    const values = transposed(pictures);
    const insertPictures =
      'INSERT INTO thumbnail (face_seq, picture) SELECT * FROM unnest($1::bigint[], $2::bytea[])';
    await scope.session.run(insertPictures, values);
  }
  return seqs;
}

async function insertFew(
  { session, gallery }: GalleryScope,
  faces: readonly FaceRow[],
  embedderSeq: number,
): Promise<readonly number[]> {
  const columns = faces.map(({ id, personSeq, embedding, quality, source, createdAt }) => [
    id,
    personSeq,
    bytesFromEmbedding(embedding),
    quality ? JSON.stringify(quality) : null,
    source,
    createdAt.getTime(),
  ]);
  const rows = await session.query(
    `INSERT INTO face (gallery_seq, embedder_seq, id, person_seq, embedding, quality, source, created_at)
     SELECT $1, $2, id, person_seq, embedding, quality, source, created_at
     FROM unnest($3::text[], $4::bigint[], $5::bytea[], $6::json[], $7::text[], $8::bigint[]) WITH ORDINALITY
       AS given (id, person_seq, embedding, quality, source, created_at, place)
     ORDER BY place RETURNING seq, id`,
    [gallery, embedderSeq, ...transposed(columns)],
  );
  const seqs = seqsById(rows);
  return faces.map(({ id }) => seqs.get(id)!);
}

async function copyFaces(
  { session, gallery }: GalleryScope,
  faces: readonly FaceRow[],
  embedderSeq: number,
): Promise<readonly number[]> {
  const seqs = await newSeqs(session, 'face', faces.length);
  const columns = 'seq, gallery_seq, embedder_seq, id, person_seq, embedding, quality, source, created_at';
  const rows = faces.map(({ id, personSeq, embedding, quality, source, createdAt }, i) => [
    ...[{ int8: seqs[i]! }, { int4: gallery }, { int4: embedderSeq }, id, { int8: personSeq }],
    ...[bytesOfEmbedding(embedding), quality ? JSON.stringify(quality) : null, source],
    { int8: createdAt.getTime() },
  ]);
  await copyRows(session, `face (${columns})`, rows);
  return seqs;
}

/** Rows whose embeddings are replaced by one statement: a few megabytes. */
const REPLACED_AT_ONCE = 1000;

/** Gives each face, or negative example, of a gallery another embedding. */
export async function replaceEmbeddings(
  { session, gallery }: GalleryScope,
  kind: 'face' | 'negative',
  embeddingOf: NewEmbeddingOf,
): Promise<void> {
  for (let after = 0; ; ) {
    const rows = await session.query(
      `SELECT seq, id FROM ${kind} WHERE gallery_seq = $1 AND seq > $2 ORDER BY seq LIMIT ${REPLACED_AT_ONCE}`,
      [gallery, after],
    );
    if (rows.length === 0) return;
    const seqs = rows.map((row) => wholeIn(row, 'seq'));
    const embeddings = rows.map((row) => bytesFromEmbedding(embeddingOf({ kind, id: textIn(row, 'id') })));
    await session.run(
      `UPDATE ${kind} SET embedding = given.embedding
       FROM unnest($2::bigint[], $3::bytea[]) AS given (seq, embedding)
       WHERE gallery_seq = $1 AND ${kind}.seq = given.seq`,
      [gallery, seqs, embeddings],
    );
    after = seqs.at(-1)!;
  }
}

/** Inserts negative examples, in order. @returns their numbers */
export async function insertNegatives(
  { session, gallery }: GalleryScope,
  examples: readonly NegativeRow[],
): Promise<readonly number[]> {
  if (examples.length === 0) return [];
  const columns = examples.map(({ id, personSeq, embedding, source, createdAt }) => [
    ...[id, personSeq, bytesFromEmbedding(embedding)],
    ...[source, createdAt.getTime()],
  ]);
  const rows = await session.query(
    `INSERT INTO negative (gallery_seq, id, person_seq, embedding, source, created_at)
     SELECT $1, id, person_seq, embedding, source, created_at
     FROM unnest($2::text[], $3::bigint[], $4::bytea[], $5::text[], $6::bigint[]) WITH ORDINALITY
       AS given (id, person_seq, embedding, source, created_at, place)
     ORDER BY place RETURNING seq, id`,
    [gallery, ...transposed(columns)],
  );
  const seqs = seqsById(rows);
  return examples.map(({ id }) => seqs.get(id)!);
}

/** Faces after a number, in order. */
export async function facesAfter(scope: GalleryScope, page: OwnedPage): Promise<readonly Stored<Face>[]> {
  const [where, values] = ownedBy(scope, page, 'face');
  const rows = await scope.session.query(`${selectFaces(page.withEmbeddings ?? false)} ${where}`, values);
  return rows.map((row) => toFace(row, scope));
}

/** Negative examples after a number, in order. */
export async function negativesAfter(
  scope: GalleryScope,
  page: OwnedPage,
): Promise<readonly Stored<NegativeExample>[]> {
  const [where, values] = ownedBy(scope, page, 'negative');
  const rows = await scope.session.query(
    `SELECT negative.seq, negative.id, person.id AS person_id, source, negative.created_at
       ${page.withEmbeddings ? ', embedding' : ''}
     FROM negative JOIN person ON person.seq = person_seq ${where}`,
    values,
  );
  return rows.map((row) => negativeIn(row, scope.dimension));
}

/** The face with an id, with its embedding. */
export async function findFace(
  scope: GalleryScope,
  id: string,
  livingAt: LivingAt,
): Promise<Stored<Face> | null> {
  if (!canBeKept(id)) return null;
  const [row] = await scope.session.query(
    `${selectFaces(true)} WHERE face.gallery_seq = $1 AND face.id = $2 AND ${alive('$3')}`,
    [scope.gallery, id, livingParameter(livingAt)],
  );
  return row ? toFace(row, scope) : null;
}

/** The picture of a face. @returns `null` where there is no such face */
export async function findThumbnail(
  { session, gallery }: GalleryScope,
  id: string,
  livingAt: LivingAt,
): Promise<{ readonly thumbnail: Uint8Array | null } | null> {
  if (!canBeKept(id)) return null;
  const [row] = await session.query(
    `SELECT picture FROM face JOIN person ON person.seq = person_seq LEFT JOIN thumbnail ON face_seq = face.seq
     WHERE face.gallery_seq = $1 AND face.id = $2 AND ${alive('$3')}`,
    [gallery, id, livingParameter(livingAt)],
  );
  return row ? { thumbnail: bytesOrNullIn(row, 'picture') } : null;
}

/** Those of the ids that faces, or negative examples, have. */
export async function knownIds(
  { session, gallery }: GalleryScope,
  kind: 'face' | 'negative',
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await session.query(`SELECT id FROM ${kind} WHERE gallery_seq = $1 AND id = ANY($2::text[])`, [
    gallery,
    ids.filter(canBeKept),
  ]);
  return new Set(rows.map((row) => textIn(row, 'id')));
}

/** For each of the faces whether its person has a face of the very same embedding. */
export async function haveEmbeddings(
  { session }: GalleryScope,
  faces: readonly Pick<FaceRow, 'personSeq' | 'embedding'>[],
): Promise<readonly boolean[]> {
  if (faces.length === 0) return [];
  const rows = await session.query(
    `SELECT EXISTS (SELECT 1 FROM face WHERE face.person_seq = given.person_seq AND face.embedding = given.embedding)
       AS found FROM unnest($1::bigint[], $2::bytea[]) WITH ORDINALITY AS given (person_seq, embedding, place)
     ORDER BY place`,
    transposed(faces.map(({ personSeq, embedding }) => [personSeq, bytesFromEmbedding(embedding)])),
  );
  return rows.map(({ found }) => found === true);
}

function seqsById(rows: readonly PgRow[]): ReadonlyMap<string, number> {
  return new Map(rows.map((row) => [textIn(row, 'id'), wholeIn(row, 'seq')]));
}

function selectFaces(withEmbeddings: boolean): string {
  return `SELECT face.seq, face.id, person.id AS person_id, embedder.id AS embedder_id, embedder.sha256, quality, source,
      EXISTS (SELECT 1 FROM thumbnail WHERE face_seq = face.seq) AS has_thumbnail, face.created_at
      ${withEmbeddings ? ', embedding' : ''}
    FROM face JOIN person ON person.seq = person_seq JOIN embedder ON embedder.seq = embedder_seq`;
}

function ownedBy(
  { gallery }: GalleryScope,
  { after, livingAt, limit, personSeq }: OwnedPage,
  table: 'face' | 'negative',
): readonly [string, readonly PgValue[]] {
  const owner = personSeq === undefined ? '' : ' AND person_seq = $5';
  return [
    `WHERE ${table}.gallery_seq = $1 AND ${table}.seq > $2 AND ${alive('$3')}${owner} ORDER BY ${table}.seq LIMIT $4`,
    [gallery, after, livingParameter(livingAt), limit, ...(personSeq === undefined ? [] : [personSeq])],
  ];
}

function toFace(row: PgRow, scope: GalleryScope): Stored<Face> {
  return {
    ...negativeIn(row, scope.dimension),
    embedder: { id: textIn(row, 'embedder_id'), sha256: textIn(row, 'sha256') },
    quality: qualityIn(row),
    hasThumbnail: row['has_thumbnail'] === true,
  };
}
