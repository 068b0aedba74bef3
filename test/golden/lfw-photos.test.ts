import { afterAll, beforeAll, expect, it } from 'vitest';
import { alignFace } from '../../src/core/align/aligned-face.ts';
import { locateFaceChip } from '../../src/core/align/face-chip.ts';
import type { FaceDetector } from '../../src/core/detect/face-detector.ts';
import { viewsOf } from '../../src/core/embed/chip-variants.ts';
import type { TrainableEmbedder } from '../../src/core/embed/face-embedder.ts';
import { toGray } from '../../src/core/image/convert-color.ts';
import type { LandmarkDetector } from '../../src/core/landmark/landmark-detector.ts';
import { dlibChip, extractFaceChip } from '../../src/models/dlib/chip.ts';
import { readImage } from '../../src/node/image/read-image.ts';
import { openDetector, openEmbedder, openLandmarkDetector } from '../../src/node/models/open-models.ts';
import { describeWithSharedData } from '../shared-data.ts';
import { compareBoxes, type GoldenLfwPhoto, goldenBox, maxDifference, readJsonLines } from './native-dlib.ts';

/** FACE_TRIGGER_ALL_GOLDENS=1 looks at all 1,583 photos, which takes minutes; else a sample of them. */
const ALL = process.env['FACE_TRIGGER_ALL_GOLDENS'] === '1';
const SAMPLE = 60;

function sample<T>(items: readonly T[]): readonly T[] {
  if (ALL || items.length <= SAMPLE) return items;
  return Array.from({ length: SAMPLE }, (_, i) => items[Math.floor((i * items.length) / SAMPLE)]!);
}

const NEEDS = ['golden/lfw-dev.jsonl', 'lfw-dev'];

describeWithSharedData('LFW photos, against native dlib 19.24', NEEDS, (goldenPath, folder) => {
  const photos = readJsonLines<GoldenLfwPhoto>(goldenPath!);
  const embedded = sample(photos.filter((photo) => photo.mmod_embedding));
  const detected = ALL ? photos : embedded.filter((_, i) => i % 3 === 0);
  const read = (photo: GoldenLfwPhoto) => readImage(`${folder}/${photo.image.replace('lfw-dev/', '')}`);
  let detector: FaceDetector;
  let landmarkDetector: LandmarkDetector;
  let embedder: TrainableEmbedder;

  beforeAll(async () => {
    detector = await openDetector();
    landmarkDetector = await openLandmarkDetector();
    embedder = (await openEmbedder()) as TrainableEmbedder;
  });
  afterAll(async () => {
    await detector.dispose();
    await embedder.dispose();
  });

  it('finds as many boxes, and among them the central one, with its score within 1e-4', async () => {
    let halves = 0;
    let counts = 0;
    for (const photo of detected) {
      const found = await detector.detect(await read(photo));
      if (found.length !== photo.mmod.n) counts += 1;
      const { box, score } = photo.mmod;
      const outcomes = found.map((detection) => compareBoxes(detection.box, box));
      const place = outcomes.includes('equal') ? outcomes.indexOf('equal') : outcomes.indexOf('half');
      expect(place, `${photo.image} ${JSON.stringify([box, found])}`).toBeGreaterThanOrEqual(0);
      if (outcomes[place] === 'half') halves += 1;
      expect(Math.abs(found[place]!.score - score)).toBeLessThan(1e-4);
    }
    console.info(
      `LFW: ${detected.length} photos, ${halves} boxes rounded the other way, ${counts} other counts`,
    );
    // A different number of boxes is a score within rounding of 0 or a box whose edge at .5 decides an overlap.
    expect(counts).toBeLessThanOrEqual(ALL ? 1 : 0);
    // 29 of 7,701 in the whole of LFW.
    expect(halves).toBeLessThanOrEqual(ALL ? 15 : 2);
  });

  it('finds the same landmarks and chips, and embeds color, gray and mirrored chips within 1e-5', async () => {
    let worst = 0;
    for (const photo of ALL ? photos : embedded) {
      const image = await read(photo);
      const landmarks = landmarkDetector.detect(image, goldenBox(photo.mmod.box));
      expect(landmarks.points, photo.image).toEqual(photo.mmod.landmarks);
      const { left, top, right, bottom, angle } = locateFaceChip(landmarks, dlibChip());
      expect(maxDifference([left, top, right, bottom], photo.mmod.chip.rect)).toBeLessThan(1e-4);
      expect(Math.abs(angle - photo.mmod.chip.angle)).toBeLessThan(1e-4);
      if (!photo.mmod_embedding) continue;
      const [plain, mirrored] = viewsOf(alignFace(image, landmarks, dlibChip()), { mirror: true });
      const gray = extractFaceChip(toGray(image, { method: 'mean' }), landmarks);
      const embeddings = await embedder.embed([plain!, gray, mirrored!]);
      const goldens = [
        photo.mmod_embedding,
        photo.mmod_embedding_gray_chip!,
        photo.mmod_embedding_mirror_chip!,
      ];
      embeddings.forEach((embedding, i) => {
        const difference = maxDifference(embedding, goldens[i]!);
        expect(difference, photo.image).toBeLessThan(1e-5);
        worst = Math.max(worst, difference);
      });
    }
    console.info(`LFW: embeddings within ${worst.toExponential(2)}`);
  });
});
