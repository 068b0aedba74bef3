import { z } from 'zod';
import { FaceTriggerError } from '../errors.ts';
import { DATE_TIME_FORM, isDateTime } from '../text/iso-date.ts';
import { checkEmbedding } from './check-embedding.ts';
import { bytesFromEmbedding, embeddingFromBytes } from './embedding-bytes.ts';
import type { Face, Gallery, GalleryRecord } from './gallery.ts';
import { PAGE_LIMITS } from './page-cursor.ts';
import { reviewFace } from './review-face.ts';
import { insertFace, insertNegative, type Stored } from './sqlite/face-rows.ts';
import type { GallerySettings } from './sqlite/gallery-settings.ts';
import { findPerson, insertPerson } from './sqlite/person-rows.ts';
import type { SqliteConnection } from './sqlite/sqlite-connection.ts';

const ID = z.string().regex(/^[0-9a-f-]{36}$/);
const DATE = z.string().refine(isDateTime, `expected ${DATE_TIME_FORM}`);
const BYTES = z.base64();
const EMBEDDER = z.object({ id: z.string(), sha256: z.string() });
const RECORD = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('gallery'),
    version: z.literal(1),
    embedder: EMBEDDER.extend({ dimension: z.int() }),
    metric: z.enum(['euclidean', 'cosine']),
  }),
  z.object({
    type: z.literal('person'),
    id: ID,
    name: z.string(),
    createdAt: DATE,
    expiresAt: DATE.nullable(),
    consent: z.object({ text: z.string(), at: DATE }).nullable(),
  }),
  z.object({
    type: z.literal('face'),
    id: ID,
    personId: ID,
    embedder: EMBEDDER,
    embedding: BYTES,
    quality: z.record(z.string(), z.number()).nullable(),
    source: z.string().nullable(),
    thumbnail: BYTES.nullable(),
    createdAt: DATE,
  }),
  z.object({
    type: z.literal('negative'),
    id: ID,
    personId: ID,
    embedding: BYTES,
    source: z.string().nullable(),
    createdAt: DATE,
  }),
]);

/** Gives a gallery's settings, then its people, faces and negative examples. */
export async function* exportRecords(
  gallery: Gallery,
  readFaces: (page: { readonly after: number; readonly limit: number }) => readonly Stored<Face>[],
): AsyncGenerator<GalleryRecord> {
  yield { type: 'gallery', version: 1, embedder: gallery.embedder, metric: gallery.metric };
  const limit = PAGE_LIMITS.maximum;
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await gallery.listPeople({ limit, cursor: cursor ?? null });
    for (const { id, name, createdAt, expiresAt, consent } of page.items) {
      yield {
        type: 'person',
        id,
        name,
        createdAt: createdAt.toISOString(),
        expiresAt: expiresAt?.toISOString() ?? null,
        consent: consent && { text: consent.text, at: consent.at.toISOString() },
      };
    }
    cursor = page.nextCursor;
  }
  for (let after = 0; ; ) {
    const faces = readFaces({ after, limit });
    for (const face of faces) {
      const thumbnail = face.hasThumbnail ? await gallery.getThumbnail(face.id) : null;
      yield {
        type: 'face',
        id: face.id,
        personId: face.personId,
        embedder: face.embedder,
        embedding: toBase64(bytesFromEmbedding(face.embedding!)),
        quality: face.quality,
        source: face.source,
        thumbnail: thumbnail && toBase64(thumbnail),
        createdAt: face.createdAt.toISOString(),
      };
    }
    if (faces.length < limit) break;
    after = faces.at(-1)!.seq;
  }
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await gallery.listNegatives({ limit, cursor: cursor ?? null, withEmbeddings: true });
    for (const { id, personId, embedding, source, createdAt } of page.items) {
      yield {
        type: 'negative',
        id,
        personId,
        embedding: toBase64(bytesFromEmbedding(embedding!)),
        source,
        createdAt: createdAt.toISOString(),
      };
    }
    cursor = page.nextCursor;
  }
}

/**
 * Takes one record into the store.
 *
 * @param context.renamed - ids of the file's people who are in the gallery under another id
 * @returns what came, `null` for the settings record
 */
export function importRecord(
  connection: SqliteConnection,
  context: {
    readonly record: unknown;
    readonly renamed: Map<string, string>;
    readonly settings: GallerySettings;
    readonly thumbnails: boolean;
  },
): 'people' | 'faces' | 'negatives' | 'skipped' | null {
  const { renamed, settings, thumbnails } = context;
  const parsed = RECORD.safeParse(context.record);
  if (!parsed.success) {
    const why = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
    throw new FaceTriggerError('ERR_FILE_FORMAT', `Not a record of an exported gallery: ${why}`);
  }
  const record = parsed.data;
  const { embedder } = settings;
  if (record.type === 'gallery') {
    const { id, sha256 } = record.embedder;
    if (id === embedder.id && sha256 === embedder.sha256 && record.metric === settings.metric) return null;
    throw new FaceTriggerError(
      'ERR_MODEL_MISMATCH',
      `The records are made for ${id} (${sha256.slice(0, 12)}, ${record.metric}), this gallery is for ${embedder.id} (${embedder.sha256.slice(0, 12)}, ${settings.metric})`,
    );
  }
  const given = { id: record.id, createdAt: Date.parse(record.createdAt) };
  if (record.type === 'person') {
    const same = findPerson(connection, { id: record.id }) ?? findPerson(connection, { name: record.name });
    if (same) {
      renamed.set(record.id, same.id);
      return 'skipped';
    }
    const expiresAt = record.expiresAt === null ? null : new Date(record.expiresAt);
    if (expiresAt && expiresAt.getTime() <= Date.now()) return 'skipped';
    const consent = record.consent && { text: record.consent.text, at: new Date(record.consent.at) };
    insertPerson(connection, { name: record.name, expiresAt, consent }, given);
    return 'people';
  }
  const table = record.type === 'face' ? 'face' : 'negative';
  if (connection.get(`SELECT 1 AS one FROM ${table} WHERE id = ?`, [record.id])) return 'skipped';
  const owner = findPerson(connection, { id: renamed.get(record.personId) ?? record.personId });
  if (!owner) return 'skipped';
  const embedding = embeddingFromBytes(Buffer.from(record.embedding, 'base64'));
  if (record.type === 'negative') {
    checkEmbedding(embedding, { expected: embedder, name: 'embedding' });
    insertNegative(connection, { embedding, source: record.source, personSeq: owner.seq }, given);
    return 'negatives';
  }
  checkEmbedding(embedding, { expected: embedder, given: record.embedder, name: 'embedding' });
  if (record.quality) reviewFace(record.quality, 'off');
  // The same photo, taken in elsewhere under another id.
  const bytes = bytesFromEmbedding(embedding);
  if (
    connection.get('SELECT 1 AS one FROM face WHERE person_seq = ? AND embedding = ?', [owner.seq, bytes])
  ) {
    return 'skipped';
  }
  const { quality, source } = record;
  // A gallery that keeps no thumbnails takes the face and leaves its picture.
  const thumbnail = thumbnails && record.thumbnail !== null ? Buffer.from(record.thumbnail, 'base64') : null;
  const { embedderSeq } = settings;
  insertFace(connection, { embedding, quality, source, thumbnail, personSeq: owner.seq, embedderSeq }, given);
  return 'faces';
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
