import { toBase64 } from './base64.ts';
import { bytesFromEmbedding } from './embedding-bytes.ts';
import type { GalleryRecord } from './gallery-types.ts';
import { PAGE_LIMITS } from './page-cursor.ts';
import type { GalleryStore, OwnedPage, Stored } from './stores/gallery-store.ts';

/** Gives a gallery's settings, then its people, faces and negative examples, but for those of whoever has expired. */
export async function* exportRecords(store: GalleryStore): AsyncGenerator<GalleryRecord> {
  const { embedder, metric, distances, ledger, pack } = store.settings;
  yield {
    ...{ type: 'gallery', version: 1, embedder, metric },
    ...(distances && { distances }),
    ...(ledger && { ledger }),
    ...(pack && { pack }),
  };
  for await (const person of everyRow((page) => store.listPeople(page))) {
    const { id, name, createdAt, expiresAt, consent } = person;
    yield {
      type: 'person',
      id,
      name,
      createdAt: createdAt.toISOString(),
      expiresAt: expiresAt?.toISOString() ?? null,
      consent: consent && { text: consent.text, at: consent.at.toISOString() },
    };
  }
  for await (const face of everyRow((page) => store.listFaces({ ...page, withEmbeddings: true }))) {
    const { id, personId, quality, source, createdAt } = face;
    const found = face.hasThumbnail ? await store.findThumbnail(id, Date.now()) : null;
    yield {
      type: 'face',
      id,
      personId,
      embedder: face.embedder,
      embedding: toBase64(bytesFromEmbedding(face.embedding!)),
      quality,
      source,
      thumbnail: found?.thumbnail ? toBase64(found.thumbnail) : null,
      createdAt: createdAt.toISOString(),
    };
  }
  for await (const example of everyRow((page) => store.listNegatives({ ...page, withEmbeddings: true }))) {
    const { id, personId, embedding, source, createdAt } = example;
    yield {
      type: 'negative',
      id,
      personId,
      embedding: toBase64(bytesFromEmbedding(embedding!)),
      source,
      createdAt: createdAt.toISOString(),
    };
  }
}

/** All living rows of a list, a page at a time. */
export async function* everyRow<Row extends Stored<object>>(
  read: (page: OwnedPage) => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  const limit = PAGE_LIMITS.maximum;
  for (let after = 0; ; ) {
    const rows = await read({ after, limit, livingAt: Date.now() });
    yield* rows;
    if (rows.length < limit) return;
    after = rows.at(-1)!.seq;
  }
}
