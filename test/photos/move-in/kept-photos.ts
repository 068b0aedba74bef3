import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { modelMark } from '../../../src/core/embed/model-mark.ts';
import { type Box, scaleBox } from '../../../src/core/geometry/box.ts';
import type { PhotoStore } from '../../../src/gallery/stores/photos/photo-store.ts';
import { readImageHeader } from '../../../src/node/image/read-image.ts';
import { STORE_EMBEDDER } from '../../gallery/stores/store-conformance.ts';
import { syntheticPeople } from '../../gallery/synthetic-people.ts';

/** One embedding a face, none like another. */
const EMBEDDINGS = syntheticPeople(30, 1, { dimension: STORE_EMBEDDER.dimension }).flat();
let next = 0;

/** Keeps a photo with faces at places (in shares of the picture), as a scan does. @returns ids of the faces */
export async function keepPhoto(
  store: PhotoStore,
  paths: readonly string[],
  places: readonly Box[],
): Promise<string[]> {
  const sha256 = createHash('sha256')
    .update(await readFile(paths[0]!))
    .digest('hex');
  const { width, height } = await readImageHeader(paths[0]!);
  const model = modelMark(STORE_EMBEDDER);
  const id = crypto.randomUUID();
  const faces = places.map((place) => ({
    ...{ id: crypto.randomUUID(), photoId: id, frameMs: null, box: scaleBox(place, { x: width, y: height }) },
    landmarks: { layout: 'test', points: [[1, 2] as const] },
    ...{ score: 0.9, quality: 0.8, facts: {}, embedding: EMBEDDINGS[next++]!, model, thumbnail: null },
  }));
  await store.transaction(async (rows) => {
    const scan = await rows.nextScan();
    await rows.putPhoto({
      ...{ id, sha256, kind: 'picture', width, height, durationMs: null, takenAt: null, model },
      scannedAt: new Date(),
    });
    for (const path of paths) {
      const { size, mtimeMs } = await stat(path);
      await rows.putFile({ path, photoId: id, size, mtimeMs: Math.floor(mtimeMs) }, scan);
    }
    await rows.insertFaces(faces);
  });
  return faces.map((face) => face.id);
}
