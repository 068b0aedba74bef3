import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
      const together = await embedder.embed(chips);
      expect(together).toHaveLength(3);
      for (const [i, one] of chips.entries()) {
        const [alone] = await embedder.embed([one]);
        expect(alone).toHaveLength(dimension);
        expect(alone!.every(Number.isFinite)).toBe(true);
        // Batches may round otherwise, which is far less than two photos are apart.
        expect(metricOf(metric).distance(alone!, together[i]!)).toBeLessThanOrEqual(thresholds.samePhoto);
      }
      expect(await embedder.embed([])).toEqual([]);
    });

    it('gives the same each time, in memory of its own', async () => {
      const [first] = await embedder.embed([chip(4)]);
      const kept = first!.slice();
      expect((await embedder.embed([chip(4)]))[0]).toEqual(kept);
      await embedder.embed([chip(5)]);
      expect(first).toEqual(kept);
    });

    it('takes a gray chip for one of three equal colors', async () => {
      const gray = chip(6, 1);
      const data = new Uint8Array(gray.data.length * 3);
      for (let i = 0; i < data.length; i++) data[i] = gray.data[Math.floor(i / 3)]!;
      const [a] = await embedder.embed([gray]);
      const [b] = await embedder.embed([{ ...gray, data, channels: 3 }]);
      expect(a).toEqual(b);
    });

    it('can be disposed of twice', async () => {
      const other = await open();
      await other.dispose();
      await other.dispose();
    });
  });
}
