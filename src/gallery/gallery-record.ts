import * as z from 'zod/mini';
import { FaceTriggerError } from '../core/errors.ts';
import { DATE_TIME_FORM, isDateTime } from '../core/text/iso-date.ts';
import { LEDGER } from '../models/licence-ledger.ts';
import { EMBEDDER_DISTANCES } from '../models/model-pack.ts';
import { fromBase64 } from './base64.ts';
import { checkEmbedding } from './check-embedding.ts';
import { checkConsent, checkName, checkText } from './check-person.ts';
import { checkThumbnail } from './check-thumbnail.ts';
import { embeddingOfBytes } from './embedding-bytes.ts';
import { GALLERY_PACK } from './gallery-pack.ts';
import { reviewFace } from './review-face.ts';
import type { GallerySettings } from './stores/gallery-store.ts';

const ID = z.string().check(z.regex(/^[0-9a-f-]{36}$/));
const DATE = z.string().check(z.refine(isDateTime, `expected ${DATE_TIME_FORM}`));
const EMBEDDING = z.pipe(
  z.base64(),
  z.transform((text) => embeddingOfBytes(fromBase64(text))),
);
// A copy: short ones share their memory with others.
const PICTURE = z.pipe(
  z.base64(),
  z.transform((text) => Uint8Array.from(fromBase64(text))),
);
const EMBEDDER = z.object({ id: z.string(), sha256: z.string() });
const RECORD = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('gallery'),
    version: z.literal(1),
    embedder: z.extend(EMBEDDER, { dimension: z.int() }),
    metric: z.enum(['euclidean', 'cosine']),
    distances: z.optional(EMBEDDER_DISTANCES),
    ledger: z.optional(LEDGER),
    pack: z.optional(GALLERY_PACK),
  }),
  z.object({
    type: z.literal('person'),
    id: ID,
    name: z.string(),
    createdAt: DATE,
    expiresAt: z.nullable(DATE),
    consent: z.nullable(z.object({ text: z.string(), at: DATE })),
  }),
  z.object({
    type: z.literal('face'),
    id: ID,
    personId: ID,
    embedder: EMBEDDER,
    embedding: EMBEDDING,
    quality: z.nullable(z.record(z.string(), z.number())),
    source: z.nullable(z.string()),
    thumbnail: z.nullable(PICTURE),
    createdAt: DATE,
  }),
  z.object({
    type: z.literal('negative'),
    id: ID,
    personId: ID,
    embedding: EMBEDDING,
    source: z.nullable(z.string()),
    createdAt: DATE,
  }),
]);

/** A record of an exported gallery that was checked. */
export type CheckedRecord = z.infer<typeof RECORD>;

/**
 * Checks one record of an exported gallery in every way in which taking it in could fail for the record's sake.
 *
 * @param expected - what the gallery is made for; `null` to take any
 * @throws FaceTriggerError `ERR_FILE_FORMAT`, `ERR_INVALID_ARGUMENT`, `ERR_SHAPE_MISMATCH`, `ERR_MODEL_MISMATCH`
 */
export function checkRecord(value: unknown, expected: GallerySettings | null): CheckedRecord {
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
  checkEmbedding(record.embedding, { expected: embedder, ...given, name: 'embedding' });
  if (record.type === 'face') {
    if (record.quality) reviewFace(record.quality, 'off');
    checkThumbnail(record.thumbnail);
  }
  return record;
}
