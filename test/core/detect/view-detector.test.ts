import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Detection } from '../../../src/core/detect/face-detector.ts';
import type { ViewFacts } from '../../../src/core/detect/plan-views.ts';
import { ViewDetector } from '../../../src/core/detect/view-detector.ts';
import type { Box } from '../../../src/core/geometry/box.ts';
import type { Image } from '../../../src/core/image/image.ts';

const CANVAS = { width: 900, height: 700 };
const SMALLEST = 16;
const PROFILE = {
  id: 'squares',
  minScore: 0.5,
  uprightScore: 0.5,
  steadyScore: 0.5,
  clearScore: 0.5,
  roughBelow: 0,
};

/** A family that sees white squares on black, each as a face, and does not see small ones, as networks do not. */
function squareDetector(facts: Partial<ViewFacts>, looks: Image[] = []) {
  const views: ViewFacts = {
    window: null,
    usual: 'as it is',
    smallestFace: SMALLEST,
    largestFace: 400,
    ...facts,
  };
  const look = async (picture: Image) => {
    looks.push(picture);
    return squaresIn(picture).filter(
      ({ box }) =>
        Math.min(box.width, box.height) >= SMALLEST * 0.8 && Math.max(box.width, box.height) <= 440,
    );
  };
  return new ViewDetector(PROFILE, { views, maxIou: 0.4, look, dispose: async () => undefined });
}

/** Boxes of bright areas: runs of the rows, joined where they lie below each other. */
function squaresIn({ data, width, height, channels }: Image): Detection[] {
  const open: { left: number; right: number; top: number; bottom: number }[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[(y * width + x) * channels]! < 128) continue;
      const left = x;
      while (x < width && data[(y * width + x) * channels]! >= 128) x += 1;
      const above = open.find((area) => area.bottom === y && area.left < x && area.right > left);
      if (above) above.bottom = y + 1;
      else open.push({ left, right: x, top: y, bottom: y + 1 });
    }
  }
  return open.map(({ left, right, top, bottom }) => ({
    box: { left, top, width: right - left, height: bottom - top },
    score: 0.9,
  }));
}

function canvasWith(boxes: readonly Box[]): Image {
  const { width, height } = CANVAS;
  const data = new Uint8Array(width * height);
  for (const { left, top, width: side } of boxes)
    for (let y = top; y < top + side; y++) data.fill(255, y * width + left, y * width + left + side);
  return { data, width, height, channels: 1 };
}

const square = fc
  .tuple(
    fc.integer({ min: 24, max: 500 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(
    ([side, x, y]): Box => ({
      left: Math.round(x * (CANVAS.width - side)),
      top: Math.round(y * (CANVAS.height - side)),
      width: side,
      height: side,
    }),
  );

describe.each([
  ['a small window', { window: { width: 192, height: 192 }, usual: 'fitted', largestFace: 192 } as const],
  [
    'a window that pictures are stretched to',
    { window: { width: 320, height: 240 }, usual: 'stretched', largestFace: 240 } as const,
  ],
  ['any size', {}],
])('ViewDetector with a network of %s', (_, facts) => {
  it('finds a face once and where it is, also where parts of the picture meet', async () => {
    const detector = squareDetector(facts);
    await fc.assert(
      fc.asyncProperty(square, fc.integer({ min: 20, max: 24 }), async (box, minFaceSize) => {
        const found = await detector.detect(canvasWith([box]), { minFaceSize });
        expect(found).toHaveLength(1);
        const own = found[0]!.box;
        // What is shown is rounded to pixels, which are larger in the picture the coarser it is shown.
        const within = 3 + box.width / 10;
        expect(Math.abs(own.left - box.left)).toBeLessThan(within);
        expect(Math.abs(own.top - box.top)).toBeLessThan(within);
        expect(Math.abs(own.width - box.width)).toBeLessThan(within);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves out what is smaller than asked for, and gives the rest of them', async () => {
    const boxes = [30, 60, 120, 240].map(
      (side, i): Box => ({ left: 20 + 200 * i, top: 40, width: side, height: side }),
    );
    const detector = squareDetector(facts);
    for (const [minFaceSize, count] of [
      [20, 4],
      [50, 3],
      [100, 2],
      [200, 1],
      [300, 0],
    ] as const) {
      expect(await detector.detect(canvasWith(boxes), { minFaceSize }), String(minFaceSize)).toHaveLength(
        count,
      );
    }
  });
});

describe('ViewDetector', () => {
  it('shows a window no more than it takes', async () => {
    const looks: Image[] = [];
    const detector = squareDetector(
      { window: { width: 192, height: 192 }, usual: 'fitted', largestFace: 192 },
      looks,
    );
    await detector.detect(canvasWith([]), { minFaceSize: 20 });
    expect(looks.length).toBeGreaterThan(10);
    for (const { width, height } of looks) expect(Math.max(width, height)).toBeLessThanOrEqual(192);
  });

  it('refuses options that are none', async () => {
    const detector = squareDetector({});
    for (const options of [{ minFaceSize: 3 }, { minScore: Number.NaN }, { maxFaces: 0 }]) {
      await expect(detector.detect(canvasWith([]), options)).rejects.toMatchObject({
        code: 'ERR_INVALID_ARGUMENT',
      });
    }
  });

  it('is done in bounded time where a network calls everything a face', async () => {
    const look = async () =>
      Array.from({ length: 60_000 }, (_, i) => ({
        box: { left: i % 600, top: (i * 7) % 500, width: 20, height: 20 },
        score: 0.6,
      }));
    const views: ViewFacts = { window: null, usual: 'as it is', smallestFace: 16, largestFace: 400 };
    const detector = new ViewDetector(PROFILE, { views, maxIou: 0.4, look, dispose: async () => undefined });
    const found = await detector.detect(canvasWith([]));
    expect(found.length).toBeLessThanOrEqual(5000);
  });
});
