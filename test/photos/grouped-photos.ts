import { randomUUID } from 'node:crypto';
import { modelMark } from '../../src/core/embed/model-mark.ts';
import type { PhotoStore } from '../../src/gallery/stores/photos/photo-store.ts';
import { STORE_EMBEDDER } from '../gallery/stores/store-conformance.ts';

/** Keeps a picture or a film with faces, as a scan does. @returns ids of the faces */
export async function keepFaces(
  store: PhotoStore,
  faces: readonly { readonly embedding: Float32Array; readonly frameMs?: number | undefined }[],
): Promise<string[]> {
  const id = randomUUID();
  const model = modelMark(STORE_EMBEDDER);
  const rows = faces.map(({ embedding, frameMs = null }, i) => ({
    ...{ id: randomUUID(), photoId: id, frameMs, box: { left: 60 * i, top: 0, width: 50, height: 50 } },
    ...{ landmarks: { layout: 'test', points: [] }, score: 1, quality: 0.9, facts: {} },
    ...{ embedding, model, thumbnail: null },
  }));
  await store.transaction(async (writes) => {
    await writes.putPhoto({
      ...{ id, sha256: id, kind: 'picture', width: 400, height: 300, durationMs: null, takenAt: null, model },
      scannedAt: new Date(),
    });
    const scan = await writes.nextScan();
    await writes.putFile({ path: `/photos/${id}.jpg`, photoId: id, size: 1, mtimeMs: 1 }, scan);
    await writes.insertFaces(rows);
  });
  return rows.map((row) => row.id);
}
