import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EmbedderDistances } from '../../src/core/embed/distance-facts.ts';
import { DLIB_FACTS } from '../../src/models/dlib/dlib-facts.ts';
import { packageEmbedder } from '../../src/node/models/packaged-models.ts';
import { TEST_EMBEDDER } from './synthetic-people.ts';
import { temporaryGalleries } from './temporary-gallery.ts';

const { open, folder } = temporaryGalleries();
const cosineFacts: EmbedderDistances = { ...DLIB_FACTS, metric: 'cosine' };

describe("a gallery's metric", () => {
  it.each(['sqlite', 'memory'])(
    "is the embedder's in a new gallery (%s), unless another is asked for",
    async (kind) => {
      const path = () => (kind === 'memory' ? 'memory:' : join(folder(), 'g.db'));
      const metricOf = async (options: object) => (await open({ path: path(), ...options })).metric;
      expect(await metricOf({})).toBe('euclidean');
      expect(await metricOf({ distances: cosineFacts })).toBe('cosine');
      expect(await metricOf({ distances: cosineFacts, metric: 'euclidean' })).toBe('euclidean');
      expect(await metricOf({ embedder: await packageEmbedder('int8') })).toBe('euclidean');
    },
  );

  it('stays what it was made with, whatever the embedder is said to measure in later', async () => {
    const path = join(folder(), 'g.db');
    const first = await open({ path, metric: 'euclidean', distances: cosineFacts });
    await first.dispose();
    const again = await open({ path, distances: cosineFacts });
    expect(again.metric).toBe('euclidean');
    await again.dispose();
    await expect(open({ path, metric: 'cosine' })).rejects.toMatchObject({ code: 'ERR_MODEL_MISMATCH' });
  });

  it('is refused where nothing is known of what distances would mean in it', async () => {
    const distances = { ...DLIB_FACTS, lengthRule: null };
    for (const path of ['memory:', join(folder(), 'g.db')]) {
      const refused = open({ path, embedder: TEST_EMBEDDER, metric: 'cosine', distances });
      await expect(refused).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
    }
  });
});
