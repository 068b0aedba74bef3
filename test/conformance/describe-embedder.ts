import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alignFace } from '../../src/core/align/aligned-face.ts';
import { embedFaces } from '../../src/core/embed/embed-faces.ts';
import { embeddingRecipe } from '../../src/core/embed/embedding-quality.ts';
import type { FaceEmbedder } from '../../src/core/embed/face-embedder.ts';
import type { Image } from '../../src/core/image/image.ts';
import { assertLandmarks } from '../../src/core/landmark/landmarks.ts';
import { metricOf } from '../../src/core/metric/metric.ts';

/** What every FaceEmbedder promises. */
export function describeEmbedder(name: string, open: () => Promise<FaceEmbedder>): void {
  describe(`the embedder "${name}"`, () => {
    let embedder: FaceEmbedder;
    beforeAll(async () => {
      embedder = await open();
    });
    afterAll(() => embedder.dispose());

    const chip = (seed: number, channels: 1 | 3 = 3): Image => {
      const { size } = embedder.profile.chip;
      const data = new Uint8Array(size * size * channels);
      for (let i = 0; i < data.length; i++) data[i] = (seed * 37 + i * (channels === 3 ? 7 : 21)) % 251;
      return { data, width: size, height: size, channels };
    };

    /** By itself; an embedder that takes faces alone, from faces of which there is no more than the chip. */
    const embed = async (chips: readonly Image[]): Promise<Float32Array[]> => {
      if (!embedder.embedFaces) return embedder.embed(chips);
      const template = embedder.profile.chip;
      const points = template.points.map(([x, y]) => [x * template.size, y * template.size] as const);
      const faces = chips.map((image) => alignFace(image, { layout: template.layout, points }, template));
      return embedFaces(embedder, faces, embeddingRecipe({ quality: 'fast' }));
    };

    it('takes chips, or says that it takes faces', async () => {
      const outcome = await embedder.embed([chip(0)]).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        expect(outcome).toMatchObject({ code: 'ERR_UNSUPPORTED_OPTION' });
        expect(embedder.embedFaces).toBeTypeOf('function');
      } else expect(outcome).toHaveLength(1);
    });

    it('has a profile that is whole', () => {
      const { id, sha256, dimension, chip, metric, thresholds, evidence, calibration, licence } =
        embedder.profile;
      expect(id).not.toBe('');
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(dimension).toBeGreaterThanOrEqual(1);
      assertLandmarks({ layout: chip.layout, points: chip.points }, chip.layout);
      expect(metricOf(metric).name).toBe(metric);
      expect(thresholds.samePhoto).toBeLessThan(thresholds.identify);
      expect(thresholds.identify).toBeLessThanOrEqual(thresholds.verify);
      expect(thresholds.verify).toBeLessThan(thresholds.farthest);
      for (const { scale } of Object.values(evidence)) expect(scale).toBeGreaterThan(0);
      expect(calibration.scale).toBeGreaterThan(0);
      expect(licence).not.toBe('');
      // It crosses threads and stands in files.
      expect(structuredClone(embedder.profile)).toEqual(embedder.profile);
    });

    it('gives an embedding for each chip, in order, alone or together', async () => {
      const { dimension, metric, thresholds } = embedder.profile;
      const chips = [chip(1), chip(2), chip(3)];
      const together = await embed(chips);
      expect(together).toHaveLength(3);
      for (const [i, one] of chips.entries()) {
        const [alone] = await embed([one]);
        expect(alone).toHaveLength(dimension);
        expect(alone!.every(Number.isFinite)).toBe(true);
        // Batches may round otherwise, which is far less than two photos are apart.
        expect(metricOf(metric).distance(alone!, together[i]!)).toBeLessThanOrEqual(thresholds.samePhoto);
      }
      expect(await embed([])).toEqual([]);
    });

    it('gives the same each time, in memory of its own', async () => {
      const [first] = await embed([chip(4)]);
      const kept = first!.slice();
      expect((await embed([chip(4)]))[0]).toEqual(kept);
      await embed([chip(5)]);
      expect(first).toEqual(kept);
    });

    it('takes a gray chip for one of three equal colors', async () => {
      const gray = chip(6, 1);
      const data = new Uint8Array(gray.data.length * 3);
      for (let i = 0; i < data.length; i++) data[i] = gray.data[Math.floor(i / 3)]!;
      const [a] = await embed([gray]);
      const [b] = await embed([{ ...gray, data, channels: 3 }]);
      expect(a).toEqual(b);
    });

    it('can be disposed of twice', async () => {
      const other = await open();
      await other.dispose();
      await other.dispose();
    });
  });
}
