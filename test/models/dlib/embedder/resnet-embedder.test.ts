import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainableEmbedder } from '../../../../src/core/embed/face-embedder.ts';
import { toGray, toRgb } from '../../../../src/core/image/convert-color.ts';
import type { Image } from '../../../../src/core/image/image.ts';
import { euclideanDistance } from '../../../../src/core/metric/metric.ts';
import { createRandom } from '../../../../src/core/random/random.ts';
import { EMBEDDER_FEATURES } from '../../../../src/models/dlib/embedder/embedder-format.ts';
import { openEmbedder } from '../../../../src/node/models/open-models.ts';
import { findProducer } from '../../../../src/onnx/read-constant.ts';

const random = createRandom(3);
function chip(size = 150): Image {
  const data = Uint8Array.from({ length: size * size * 3 }, () => random.next() * 256);
  return { data, width: size, height: size, channels: 3 };
}

describe('ResnetEmbedder', () => {
  let embedder: TrainableEmbedder;
  beforeAll(async () => {
    embedder = (await openEmbedder()) as TrainableEmbedder;
  });
  afterAll(() => embedder.dispose());

  it('embeds each chip as it does alone, whatever the batches', async () => {
    await using pairs = (await openEmbedder({ batchSize: 2 })) as TrainableEmbedder;
    const chips = [chip(), chip(), chip(), chip(), chip()];
    const together = await embedder.embed(chips);
    const inPairs = await pairs.embed(chips);
    expect(together).toHaveLength(5);
    for (const [i, one] of chips.entries()) {
      const [alone] = await embedder.embed([one]);
      expect(alone).toHaveLength(embedder.profile.dimension);
      expect(euclideanDistance(alone!, together[i]!)).toBeLessThan(1e-5);
      expect(euclideanDistance(alone!, inPairs[i]!)).toBeLessThan(1e-5);
    }
    expect(await embedder.embed([])).toEqual([]);
  });

  it('takes gray chips as three equal channels, mixed with color ones', async () => {
    const gray = toGray(chip());
    const color = chip();
    expect(await embedder.embed([gray, color])).toEqual(await embedder.embed([toRgb(gray), color]));
  });

  it('gives a value inside the network that the features come of', async () => {
    // Global average pooling makes the features of what the last block gives.
    const pool = findProducer(await embedder.modelBytes(), EMBEDDER_FEATURES)!.inputs[0]!;
    const value = findProducer(await embedder.modelBytes(), pool)!.inputs[0]!;
    const { dims, activations, features } = await embedder.activations([chip(), chip()], value);
    expect(dims).toEqual([256, 2, 2]);
    expect(features).toHaveLength(2);
    for (const [i, row] of features.entries()) {
      for (const [c, feature] of row.entries()) {
        const mean = activations[i]!.subarray(c * 4, c * 4 + 4).reduce((sum, number) => sum + number / 4, 0);
        expect(feature).toBeCloseTo(mean, 5);
      }
    }
    await expect(embedder.activations([chip()], 'nowhere')).rejects.toMatchObject({
      code: 'ERR_MODEL_FORMAT',
    });
  });

  it('refuses chips of another size', async () => {
    for (const bad of [chip(149), { ...chip(), width: 300, height: 75 }]) {
      await expect(embedder.embed([bad])).rejects.toMatchObject({ code: 'ERR_SHAPE_MISMATCH' });
    }
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses batches of %s', async (batchSize) => {
    await expect(openEmbedder({ batchSize })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
  });
});
