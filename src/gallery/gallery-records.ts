import { z } from 'zod';
import { FaceTriggerError } from '../core/errors.ts';
import { DATE_TIME_FORM, isDateTime } from '../core/text/iso-date.ts';
import { checkEmbedding } from './check-embedding.ts';
import { checkConsent, checkName, checkText } from './check-person.ts';
import { bytesFromEmbedding, embeddingFromBytes } from './embedding-bytes.ts';
import type { EmbedderIdentity, Face, Gallery, GalleryMetric, GalleryRecord } from './gallery.ts';
import { PAGE_LIMITS } from './page-cursor.ts';
import { reviewFace } from './review-face.ts';
import { checkThumbnail, insertFace, insertNegative, type Stored } from './sqlite/face-rows.ts';
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

/** A record of an exported gallery that was checked. */
type CheckedRecord = z.infer<typeof RECORD>;

/**
 * Checks one record of an exported gallery in every way in which taking it in could fail for the record's sake.
 *
 * @param expected - what the gallery is made for; `null` to take any
 * @throws FaceTriggerError `ERR_FILE_FORMAT`, `ERR_INVALID_ARGUMENT`, `ERR_SHAPE_MISMATCH`, `ERR_MODEL_MISMATCH`
 */
export function checkRecord(
  value: unknown,
  expected: { readonly embedder: EmbedderIdentity; readonly metric: GalleryMetric } | null,
): CheckedRecord {
  const parsed = RECORD.safeParse(value);
  if (!parsed.success) {
    const why = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
    throw new FaceTriggerError('ERR_FILE_FORMAT', `Not a record of an exported gallery: ${why}`);
  }
  const record = parsed.data;
  if (record.type === 'person') {
    checkName(record.name);
    checkConsent(record.consent && { text: record.consent.text, at: new Date(record.consent.at) });
    return record;
  }
  if (expected === null) return record;
  const { embedder, metric } = expected;
  if (record.type === 'gallery') {
    const { id, sha256 } = record.embedder;
    if (id === embedder.id && sha256 === embedder.sha256 && record.metric === metric) return record;
    throw new FaceTriggerError(
      'ERR_MODEL_MISMATCH',
      `The records are made for ${id} (${sha256.slice(0, 12)}, ${record.metric}), this gallery is for ${embedder.id} (${embedder.sha256.slice(0, 12)}, ${metric})`,
    );
  }
  checkText(record.source, 'source');
  const given = record.type === 'face' ? { given: record.embedder } : {};
  checkEmbedding(embeddingOf(record), { expected: embedder, ...given, name: 'embedding' });
  if (record.type === 'face') {
    if (record.quality) reviewFace(record.quality, 'off');
    checkThumbnail(thumbnailOf(record));
  }
  return record;
}

function embeddingOf({ embedding }: { readonly embedding: string }): Float32Array {
  return embeddingFromBytes(Buffer.from(embedding, 'base64'));
}

function thumbnailOf({ thumbnail }: { readonly thumbnail: string | null }): Uint8Array | null {
  return thumbnail === null ? null : Buffer.from(thumbnail, 'base64');
}

/** What became of a record: taken in as a person, face or negative example, or why not. */
export type ImportOutcome = 'people' | 'faces' | 'negatives' | 'present' | 'expired' | 'withoutPerson';

/**
 * Takes one record into the store.
 *
 * @param context.renamed - ids of the file's people who are in the gallery under another id
 * @param context.expired - ids of the file's people whose time is over
 * @returns `null` for the settings record
 */
export function importRecord(
  connection: SqliteConnection,
  context: {
    readonly record: unknown;
    readonly renamed: Map<string, string>;
    readonly expired: Set<string>;
    readonly settings: GallerySettings;
    readonly thumbnails: boolean;
  },
): ImportOutcome | null {
  const { renamed, expired, settings, thumbnails } = context;
  const record = checkRecord(context.record, settings);
  if (record.type === 'gallery') return null;
  const given = { id: record.id, createdAt: Date.parse(record.createdAt) };
  if (record.type === 'person') {
    const same = findPerson(connection, { id: record.id }) ?? findPerson(connection, { name: record.name });
    if (same) {
      renamed.set(record.id, same.id);
      return 'present';
    }
    const expiresAt = record.expiresAt === null ? null : new Date(record.expiresAt);
    if (expiresAt && expiresAt.getTime() <= Date.now()) {
      expired.add(record.id);
      return 'expired';
    }
    const consent = record.consent && { text: record.consent.text, at: new Date(record.consent.at) };
    insertPerson(connection, { name: record.name, expiresAt, consent }, given);
    return 'people';
  }
  const table = record.type === 'face' ? 'face' : 'negative';
  if (connection.get(`SELECT 1 AS one FROM ${table} WHERE id = ?`, [record.id])) return 'present';
  const owner = findPerson(connection, { id: renamed.get(record.personId) ?? record.personId });
  if (!owner) return expired.has(record.personId) ? 'expired' : 'withoutPerson';
  const own = { embedding: embeddingOf(record), source: record.source, personSeq: owner.seq };
  if (record.type === 'negative') {
    insertNegative(connection, own, given);
    return 'negatives';
  }
  // The same photo, taken in elsewhere under another id.
  const bytes = bytesFromEmbedding(own.embedding);
  if (
    connection.get('SELECT 1 AS one FROM face WHERE person_seq = ? AND embedding = ?', [owner.seq, bytes])
  ) {
    return 'present';
  }
  // A gallery that keeps no thumbnails takes the face and leaves its picture.
  const thumbnail = thumbnails ? thumbnailOf(record) : null;
  const { quality } = record;
  insertFace(connection, { ...own, quality, thumbnail, embedderSeq: settings.embedderSeq }, given);
  return 'faces';
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
