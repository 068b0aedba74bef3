import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaceDetector } from '../../src/core/detect/face-detector.ts';
import { boxArea } from '../../src/core/geometry/box.ts';
import { cropImage } from '../../src/core/image/crop-image.ts';
import type { Image } from '../../src/core/image/image.ts';
import { assertLandmarks } from '../../src/core/landmark/landmarks.ts';

/** What a conforming detector is tried with. */
export interface DetectorTrial {
  open(): Promise<FaceDetector>;
  /** A picture of at least two faces. */
  picture(): Promise<Image>;
  /** Sides of faces, the smaller of which is smaller than all in the picture. */
  readonly sizes: readonly [smaller: number, larger: number];
}

/** What every FaceDetector promises. */
export function describeDetector(name: string, trial: DetectorTrial): void {
  describe(`the detector "${name}"`, () => {
    let detector: FaceDetector;
    let picture: Image;
    beforeAll(async () => {
      detector = await trial.open();
      picture = await trial.picture();
    });
    afterAll(() => detector.dispose());

    it('says who it is and what its scores mean', () => {
      const { id, uprightScore, steadyScore, clearScore, roughBelow } = detector.profile;
      expect(id).not.toBe('');
      expect(uprightScore).toBeGreaterThanOrEqual(steadyScore);
      expect(steadyScore).toBeGreaterThanOrEqual(clearScore);
      expect(roughBelow).toBeGreaterThanOrEqual(0);
    });

    it('finds faces, best first, the same ones each time', async () => {
      const found = await detector.detect(picture, { minFaceSize: trial.sizes[0] });
      expect(found.length).toBeGreaterThanOrEqual(2);
      const scores = found.map(({ score }) => score);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      for (const { box, landmarks } of found) {
        expect(boxArea(box)).toBeGreaterThan(0);
        if (landmarks) assertLandmarks(landmarks, landmarks.layout);
      }
      expect(await detector.detect(picture, { minFaceSize: trial.sizes[0] })).toEqual(found);
    });

    it('gives at most as many as are wanted, and those that score enough', async () => {
      const options = { minFaceSize: trial.sizes[0] };
      const [first, second] = await detector.detect(picture, options);
      expect(await detector.detect(picture, { ...options, maxFaces: 1 })).toEqual([first]);
      const some = await detector.detect(picture, { ...options, minScore: second!.score });
      for (const { score } of some) expect(score).toBeGreaterThan(second!.score);
      expect(await detector.detect(picture, { ...options, minScore: Number.MAX_VALUE })).toEqual([]);
    });

    it('gives the largest face, or nobody where none covers enough', async () => {
      const largest = await detector.detectLargest(picture);
      const all = await detector.detect(picture);
      expect(boxArea(largest!.box)).toBe(Math.max(...all.map(({ box }) => boxArea(box))));
      expect(await detector.detectLargest(picture, { minAreaRatio: 1 })).toBeNull();
    });

    it('leaves the picture as it was, and finds nobody in a black one', async () => {
      const before = picture.data.slice();
      await detector.detect(picture);
      // A matcher takes seconds to look at millions of numbers.
      expect(Buffer.compare(picture.data, before)).toBe(0);
      const black = { ...picture, data: new Uint8Array(picture.data.length) };
      expect(await detector.detect(black)).toEqual([]);
    });

    it('takes gray pictures and tiny ones, and refuses what is no picture', async () => {
      const { width, height } = picture;
      const gray: Image = { data: new Uint8Array(width * height), width, height, channels: 1 };
      expect(await detector.detect(gray)).toEqual([]);
      expect(await detector.detect(cropImage(picture, { left: 0, top: 0, width: 2, height: 2 }))).toEqual([]);
      await expect(detector.detect({ ...picture, width: width + 1 })).rejects.toMatchObject({
        code: 'ERR_SHAPE_MISMATCH',
      });
    });

    it('can be disposed of twice', async () => {
      const other = await trial.open();
      await other.dispose();
      await other.dispose();
    });
  });
}
