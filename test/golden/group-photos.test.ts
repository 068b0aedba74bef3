import { afterAll, beforeAll, expect, it } from 'vitest';
import { locateFaceChip } from '../../src/core/align/face-chip.ts';
import type { FaceDetector } from '../../src/core/detect/face-detector.ts';
import type { TrainableEmbedder } from '../../src/core/embed/face-embedder.ts';
import { toGray, toRgb } from '../../src/core/image/convert-color.ts';
import type { Image } from '../../src/core/image/image.ts';
import type { LandmarkDetector } from '../../src/core/landmark/landmark-detector.ts';
import { asLandmarks } from '../../src/core/landmark/landmarks.ts';
import { dlibChip, extractFaceChip } from '../../src/models/dlib/chip.ts';
import { DLIB_FIVE_POINTS } from '../../src/models/dlib/five-points.ts';
import { readImage } from '../../src/node/image/read-image.ts';
import { openDetector, openEmbedder, openLandmarkDetector } from '../../src/node/models/open-models.ts';
import { describeWithSharedData } from '../shared-data.ts';
import {
  compareBoxes,
  type GoldenGroupPhoto,
  goldenBox,
  maxDifference,
  readJsonLines,
} from './native-dlib.ts';

const NEEDS = ['golden/group.jsonl', 'group'];

describeWithSharedData('group photos, against native dlib 19.24', NEEDS, (goldenPath, folder) => {
  const photos = readJsonLines<GoldenGroupPhoto>(goldenPath!);
  const images = new Map<GoldenGroupPhoto, { color: Image; gray: Image }>();
  let detector: FaceDetector;
  let landmarkDetector: LandmarkDetector;
  let embedder: TrainableEmbedder;

  beforeAll(async () => {
    detector = await openDetector();
    landmarkDetector = await openLandmarkDetector();
    embedder = (await openEmbedder()) as TrainableEmbedder;
    for (const photo of photos) {
      const color = await readImage(`${folder}/${photo.image.replace('group/', '')}`);
      images.set(photo, { color, gray: toGray(color, { method: 'mean' }) });
    }
  });
  afterAll(async () => {
    await detector.dispose();
    await embedder.dispose();
  });

  async function expectSameDetections(key: 'mmod0' | 'mmod0_gray'): Promise<void> {
    let halves = 0;
    for (const photo of photos) {
      const { color, gray } = images.get(photo)!;
      expect([color.width, color.height]).toEqual([photo.width, photo.height]);
      const found = await detector.detect(key === 'mmod0' ? color : gray);
      expect(found, photo.image).toHaveLength(photo[key].length);
      found.forEach(({ box, score }, i) => {
        const golden = photo[key][i]!;
        const outcome = compareBoxes(box, golden.box);
        expect(outcome, `${photo.image} ${JSON.stringify([box, golden.box])}`).not.toBe('different');
        if (outcome === 'half') halves += 1;
        expect(Math.abs(score - golden.score)).toBeLessThan(1e-4);
      });
    }
    // One of these boxes, in color and in gray, has an edge at .5.
    expect(halves).toBe(1);
  }

  it('finds the same boxes in the same order, with scores within 1e-4', () => expectSameDetections('mmod0'));

  it('finds the same boxes in gray frames', () => expectSameDetections('mmod0_gray'));

  const allFaces = photos.flatMap((photo) =>
    [...photo.hog0, ...photo.hog1, ...photo.mmod0, ...photo.mmod1].map((face) => ({ photo, face })),
  );

  it('finds the same landmarks in every box of every detector', () => {
    expect(allFaces.length).toBeGreaterThan(100);
    for (const { photo, face } of allFaces) {
      const { color } = images.get(photo)!;
      expect(landmarkDetector.detect(color, goldenBox(face.box)).points, photo.image).toEqual(face.landmarks);
    }
  });

  it('rounds sub-pixel landmarks to those', () => {
    for (const { photo, face } of allFaces.slice(0, 30)) {
      const { color } = images.get(photo)!;
      const { points } = landmarkDetector.detect(color, goldenBox(face.box), { subPixel: true });
      expect(points.map(([x, y]) => [Math.floor(x + 0.5), Math.floor(y + 0.5)])).toEqual(face.landmarks);
      expect(points.flat().some((value) => !Number.isInteger(value))).toBe(true);
    }
  });

  it('places every chip within 1e-4 pixels and radians', () => {
    for (const { face } of allFaces) {
      const { left, top, right, bottom, angle } = locateFaceChip(
        asLandmarks(face.landmarks, DLIB_FIVE_POINTS),
        dlibChip(),
      );
      // Nine digits stand in the golden; coordinates are below 1,000.
      expect(maxDifference([left, top, right, bottom], face.chip.rect)).toBeLessThan(1e-4);
      expect(Math.abs(angle - face.chip.angle)).toBeLessThan(1e-4);
    }
  });

  it('embeds every face within 1e-5, in color', async () => {
    const chips = allFaces.map(({ photo, face }) =>
      extractFaceChip(images.get(photo)!.color, face.landmarks),
    );
    const embeddings = await embedder.embed(chips);
    const worst = Math.max(...embeddings.map((e, i) => maxDifference(e, allFaces[i]!.face.descriptor)));
    expect(worst).toBeLessThan(1e-5);
  });

  it('embeds every face within 1e-5, in gray frames with landmarks of their own', async () => {
    const chips = allFaces.map(({ photo, face }) => {
      const { gray } = images.get(photo)!;
      return extractFaceChip(gray, landmarkDetector.detect(gray, goldenBox(face.box)));
    });
    const embeddings = await embedder.embed(chips);
    const worst = Math.max(...embeddings.map((e, i) => maxDifference(e, allFaces[i]!.face.descriptor_gray)));
    expect(worst).toBeLessThan(1e-5);
  });

  it('answers the same for a gray frame and for one of three equal channels', async () => {
    for (const photo of photos.slice(0, 3)) {
      const { gray } = images.get(photo)!;
      const rgb = toRgb(gray);
      const found = await detector.detect(gray);
      expect(await detector.detect(rgb)).toEqual(found);
      for (const { box } of photo.hog1.map((face) => ({ box: goldenBox(face.box) }))) {
        expect(landmarkDetector.detect(rgb, box)).toEqual(landmarkDetector.detect(gray, box));
      }
    }
  });
});
