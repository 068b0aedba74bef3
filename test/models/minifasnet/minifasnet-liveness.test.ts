import { describe, expect, it } from 'vitest';
import type { Box } from '../../../src/core/geometry/box.ts';
import type { Image } from '../../../src/core/image/image.ts';
import { checkFaces } from '../../../src/core/liveness/check-faces.ts';
import type { LivenessDetector } from '../../../src/core/liveness/liveness-detector.ts';
import { MinifasnetLiveness } from '../../../src/models/minifasnet/minifasnet-liveness.ts';
import { NODE_RUNTIME } from '../../../src/node/runtime/session.ts';
import { GraphBuilder } from '../../../src/onnx/graph-builder.ts';
import { colorLiveness } from '../../liveness-network.ts';

type Color = readonly [number, number, number];

/** A picture of one color with a box of another, whose side is a fifth of the picture's. */
function picture(around: Color, inside: Color): Image {
  const side = 200;
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const isInside = x >= 80 && x < 120 && y >= 80 && y < 120;
      data.set(isInside ? inside : around, 3 * (y * side + x));
    }
  return { data, width: side, height: side, channels: 3 };
}

const FACE = { left: 80, top: 80, width: 40, height: 40 };
const GREEN: Color = [0, 200, 0];
const RED: Color = [200, 0, 0];
const BLUE: Color = [0, 0, 200];
const options = { runtime: NODE_RUNTIME, threads: 1 };
const open = (cropScale: number, threshold?: number) =>
  MinifasnetLiveness.create([{ id: 'color', bytes: colorLiveness(), cropScale }], { ...options, threshold });

describe('MinifasnetLiveness', () => {
  it('tells a live face, a flat fake and one with a relief by the three classes, colors given as BGR', async () => {
    await using detector = await open(1);
    expect(await detector.check(picture(RED, GREEN), FACE)).toMatchObject({ live: true, attackKind: null });
    const masked = await detector.check(picture(GREEN, BLUE), FACE);
    expect(masked).toMatchObject({ live: false, attackKind: '3d' });
    expect(masked.score).toBeLessThan(0.01);
    expect(await detector.check(picture(GREEN, RED), FACE)).toMatchObject({ attackKind: '2d' });
  });

  it('is shown as much around the face as the scale says', async () => {
    await using detector = await open(4);
    expect(await detector.check(picture(GREEN, RED), FACE)).toMatchObject({ live: true });
  });

  it('averages the probabilities of several networks', async () => {
    const models = [1, 4].map((cropScale) => ({ id: `x${cropScale}`, bytes: colorLiveness(), cropScale }));
    await using detector = await MinifasnetLiveness.create(models, options);
    expect(detector.id).toBe('x1+x4');
    const { score } = await detector.check(picture(GREEN, RED), FACE);
    expect(score).toBeCloseTo(0.5, 2);
  });

  it('calls live what reaches the threshold, and takes gray pictures', async () => {
    const gray: Image = { data: new Uint8Array(100 * 100).fill(90), width: 100, height: 100, channels: 1 };
    const box = { left: 30, top: 30, width: 30, height: 30 };
    for (const [threshold, live] of [
      [0.3, true],
      [0.4, false],
    ] as const) {
      await using detector = await open(2, threshold);
      const found = await detector.check(gray, box);
      expect(found.score).toBeCloseTo(1 / 3, 5);
      expect(found.live).toBe(live);
    }
  });

  it('checks faces that lie on their side in the picture turned upright', async () => {
    await using detector = await open(1);
    const image = picture(RED, GREEN);
    const wide = { ...image, data: new Uint8Array(200 * 300 * 3), height: 300 };
    wide.data.set(image.data);
    const faces = [{ box: FACE }, { box: FACE, turn: 90 as const }, { box: FACE, turn: 180 as const }];
    const found = await checkFaces(detector, wide, faces);
    expect(found.map(({ liveness }) => liveness.live)).toEqual([true, true, true]);
    expect(found[1]).toMatchObject({ box: FACE, turn: 90 });
  });

  it('sees the whole face where a detector boxes less of it, also of one on its side', async () => {
    const boxes: Box[] = [];
    const detector: LivenessDetector = {
      id: 'recorder',
      threshold: 0.5,
      dispose: async () => undefined,
      async check(_: Image, box: Box) {
        boxes.push(box);
        return { live: true, score: 1, attackKind: null };
      },
      [Symbol.asyncDispose]: async () => undefined,
    };
    const image = { ...picture(RED, GREEN), data: new Uint8Array(200 * 200 * 3) };
    const faces = [{ box: FACE }, { box: { ...FACE, width: 60 }, turn: 90 as const }];
    await checkFaces(detector, image, faces, { across: 0.5, down: 1.5 });
    expect(boxes).toEqual([
      { left: 90, top: 70, width: 20, height: 60 },
      // Of the picture turned upright: its width is the height of the box.
      { left: 90, top: 65, width: 20, height: 90 },
    ]);
  });

  it('names the liveness model where its file is of another shape', async () => {
    const graph = new GraphBuilder('other');
    graph.input('input', 'float32', [1, 3, 128, 128]);
    graph.node('ReduceMean', ['input'], { keepdims: 0 }, { outputs: ['y'] });
    graph.output('y', 'float32', []);
    const bytes = graph.toModel();
    const create = MinifasnetLiveness.create([{ id: 'x', bytes, cropScale: 2.7 }], options);
    await expect(create).rejects.toMatchObject({
      code: 'ERR_MODEL_FORMAT',
      message: expect.stringContaining('the liveness model "x"'),
    });
  });

  it('refuses no networks, scales and thresholds that can not be, and work after it was disposed of', async () => {
    await expect(MinifasnetLiveness.create([], options)).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
    await expect(open(0)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
    await expect(open(2, 1.5)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
    const detector = await open(2);
    await detector.dispose();
    await detector.dispose();
    await expect(detector.check(picture(RED, GREEN), FACE)).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
  });
});
