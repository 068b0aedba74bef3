import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detectNear } from '../../../src/core/detect/detect-near.ts';
import type { Detection, FaceDetector } from '../../../src/core/detect/face-detector.ts';
import { type Box, iou } from '../../../src/core/geometry/box.ts';
import type { Image } from '../../../src/core/image/image.ts';
import { readImage } from '../../../src/node/image/read-image.ts';
import { openDetector } from '../../../src/node/models/open-models.ts';
import { media } from '../../watch/ffmpeg-tools.ts';

const WIDTH = 2400;
const HEIGHT = 1800;
/** The fast detector's levels lie a factor of 1.44 apart, so its boxes differ that much where a pyramid begins elsewhere. */
const SAME = 0.6;

/** Photos on a large gray wall. */
function wall(photos: readonly { readonly image: Image; readonly left: number; readonly top: number }[]) {
  const data = new Uint8Array(WIDTH * HEIGHT * 3).fill(128);
  for (const { image, left, top } of photos) {
    for (let y = 0; y < image.height; y++) {
      const row = image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3);
      data.set(row, ((top + y) * WIDTH + left) * 3);
    }
  }
  return { data, width: WIDTH, height: HEIGHT, channels: 3 } as const;
}

describe('detectNear', () => {
  let detector: FaceDetector;
  let frame: Image;
  let whole: Detection[];

  beforeAll(async () => {
    detector = await openDetector({ mode: 'fast' });
    const read = (name: string) => readImage(media(name), { colorMode: 'rgb' });
    frame = wall([
      { image: await read('audrey.jpg'), left: 40, top: 30 },
      { image: await read('cage.jpg'), left: 1300, top: 900 },
    ]);
    whole = await detector.detect(frame);
  });
  afterAll(() => detector.dispose());

  const moved = ({ left, top, width, height }: Box, share: number): Box => ({
    left: left + share * width,
    top: top - share * height,
    width,
    height,
  });

  it('finds a face that moved by its own size, and not the others', async () => {
    expect(whole).toHaveLength(2);
    for (const face of whole) {
      for (const share of [0, 0.5, -0.5]) {
        const found = await detectNear(detector, frame, { boxes: [moved(face.box, share)], minFaceSize: 80 });
        expect(found).toHaveLength(1);
        expect(iou(found[0]!.box, face.box)).toBeGreaterThan(SAME);
      }
    }
  });

  it('tells of each face once, best first, however many boxes lie about it', async () => {
    const boxes = whole.flatMap(({ box }) => [box, moved(box, 0.2), moved(box, -0.2)]);
    const found = await detectNear(detector, frame, { boxes });
    expect(found).toHaveLength(2);
    expect(found[0]!.score).toBeGreaterThanOrEqual(found[1]!.score);
    for (const face of whole) expect(found.some(({ box }) => iou(box, face.box) > SAME)).toBe(true);
    expect(await detectNear(detector, frame, { boxes, maxFaces: 1 })).toEqual(found.slice(0, 1));
  });

  it('searches the whole image where the boxes cover most of it', async () => {
    const boxes = [{ left: 0, top: 0, width: WIDTH / 2, height: HEIGHT / 2 }];
    expect(await detectNear(detector, frame, { boxes, minFaceSize: 80 })).toEqual(
      await detector.detect(frame, { minFaceSize: 80 }),
    );
  });

  it('finds nothing near no boxes, or near boxes outside the image', async () => {
    expect(await detectNear(detector, frame, { boxes: [] })).toEqual([]);
    const outside = { left: -500, top: 2000, width: 100, height: 100 };
    expect(await detectNear(detector, frame, { boxes: [outside] })).toEqual([]);
  });
});
