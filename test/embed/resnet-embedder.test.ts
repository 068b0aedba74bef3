import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { euclideanDistance } from '../../src/embed/distance.ts';
import { ResnetEmbedder } from '../../src/embed/resnet-embedder.ts';
import { toGray, toRgb } from '../../src/image/convert-color.ts';
import type { Image } from '../../src/image/image.ts';
import { createRandom } from '../../src/random/random.ts';

const random = createRandom(3);
function chip(size = 150): Image {
  const data = Uint8Array.from({ length: size * size * 3 }, () => random.next() * 256);
  return { data, width: size, height: size, channels: 3 };
}

describe('ResnetEmbedder', () => {
  let embedder: ResnetEmbedder;
  beforeAll(async () => {
    embedder = await ResnetEmbedder.create();
  });
  afterAll(() => embedder.dispose());

  it('embeds each chip as it does alone, whatever the batches', async () => {
    await using pairs = await ResnetEmbedder.create({ batchSize: 2 });
    const chips = [chip(), chip(), chip(), chip(), chip()];
    const together = await embedder.embed(chips);
    const inPairs = await pairs.embed(chips);
    expect(together).toHaveLength(5);
    for (const [i, one] of chips.entries()) {
      const [alone] = await embedder.embed([one]);
      expect(alone).toHaveLength(embedder.dimension);
      expect(euclideanDistance(alone!, together[i]!)).toBeLessThan(1e-5);
      expect(euclideanDistance(alone!, inPairs[i]!)).toBeLessThan(1e-5);
    }
    expect(await embedder.embed([])).toEqual([]);
  });

  it('takes gray chips as three equal channels, mixed with colour ones', async () => {
    const gray = toGray(chip());
    const colour = chip();
    expect(await embedder.embed([gray, colour])).toEqual(await embedder.embed([toRgb(gray), colour]));
  });

  it('refuses chips of another size', async () => {
    for (const bad of [chip(149), { ...chip(), width: 300, height: 75 }]) {
      await expect(embedder.embed([bad])).rejects.toMatchObject({ code: 'ERR_SHAPE_MISMATCH' });
    }
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses batches of %s', async (batchSize) => {
    await expect(ResnetEmbedder.create({ batchSize })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
  });
});
