import { createHash } from 'node:crypto';
import { bytesFromEmbedding } from './embedding-bytes.ts';
import type { GalleryEmbedder, GalleryRecord } from './gallery-types.ts';

/** Options of {@link recordsFromEmbeddings}. */
export interface RecordsFromEmbeddingsOptions {
  readonly embedder: GalleryEmbedder;
  /** Said of every face, such as the file that it came from. */
  readonly source: string;
  /** When the records count as made. */
  readonly createdAt: Date;
}

/**
 * Puts embeddings that another program made into the form of an exported gallery, which `gallery import` takes.
 *
 * @param people - names and embeddings of the embedder's dimension
 * @returns the gallery's record, then each person with the faces
 * @remarks Ids are made from the contents: importing the same file twice adds nothing.
 */
export function* recordsFromEmbeddings(
  people: readonly { readonly name: string; readonly embeddings: readonly Float32Array[] }[],
  options: RecordsFromEmbeddingsOptions,
): Generator<GalleryRecord> {
  const { embedder, source } = options;
  const createdAt = options.createdAt.toISOString();
  yield { type: 'gallery', version: 1, embedder, metric: 'euclidean' };
  for (const { name, embeddings } of people) {
    const personId = idOf('person', name);
    yield { type: 'person', id: personId, name, createdAt, expiresAt: null, consent: null };
    for (const embedding of embeddings) {
      const bytes = bytesFromEmbedding(embedding);
      yield {
        type: 'face',
        id: idOf(`face ${name}`, bytes),
        personId,
        embedder: { id: embedder.id, sha256: embedder.sha256 },
        embedding: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
        quality: null,
        source,
        thumbnail: null,
        createdAt,
      };
    }
  }
}

// Version 8 of RFC 9562: a UUID whose bits are the maker's own.
function idOf(scope: string, content: string | Uint8Array): string {
  const hex = createHash('sha256').update(`${scope}\n`).update(content).digest('hex');
  const variant = ((Number.parseInt(hex[16]!, 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
