import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type QuarterTurn,
  turnBack,
  turnBox,
  turnedSize,
  turnPoint,
} from '../../../src/core/geometry/quarter-turn.ts';
import type { Image } from '../../../src/core/image/image.ts';
import { turnImage } from '../../../src/core/image/turn-image.ts';

const turn = fc.constantFrom<QuarterTurn>(0, 90, 180, 270);
const image = fc
  .record({
    width: fc.integer({ min: 1, max: 9 }),
    height: fc.integer({ min: 1, max: 9 }),
    channels: fc.constantFrom<1 | 3>(1, 3),
  })
  .map((size): Image => {
    const data = Uint8Array.from({ length: size.width * size.height * size.channels }, (_, i) => i);
    return { data, ...size };
  });

describe('turnImage', () => {
  it('turns clockwise', () => {
    const upright: Image = { data: Uint8Array.of(1, 2, 3, 4, 5, 6), width: 3, height: 2, channels: 1 };
    const turned = (by: QuarterTurn) => {
      const { data, width, height } = turnImage(upright, by);
      return [width, height, ...data];
    };
    expect(turned(0)).toEqual([3, 2, 1, 2, 3, 4, 5, 6]);
    expect(turned(90)).toEqual([2, 3, 4, 1, 5, 2, 6, 3]);
    expect(turned(180)).toEqual([3, 2, 6, 5, 4, 3, 2, 1]);
    expect(turned(270)).toEqual([2, 3, 3, 6, 2, 5, 1, 4]);
  });

  it('is undone by the turn back', () => {
    fc.assert(
      fc.property(image, turn, (upright, by) => {
        expect(turnImage(turnImage(upright, by), turnBack(by))).toEqual(upright);
      }),
    );
  });

  it('carries every pixel to where its point and its box go', () => {
    fc.assert(
      fc.property(image, turn, fc.nat(80), (upright, by, nth) => {
        const place = nth % (upright.width * upright.height);
        const [x, y] = [place % upright.width, Math.floor(place / upright.width)];
        const turned = turnImage(upright, by);
        expect({ width: turned.width, height: turned.height }).toEqual(turnedSize(upright, by));
        const [toX, toY] = turnPoint([x, y], upright, by);
        const { channels } = upright;
        expect(turned.data[(toY * turned.width + toX) * channels]).toBe(upright.data[place * channels]);
        const box = turnBox({ left: x, top: y, width: 1, height: 1 }, upright, by);
        expect(box).toEqual({ left: toX, top: toY, width: 1, height: 1 });
        expect(turnBox(box, turned, turnBack(by))).toEqual({ left: x, top: y, width: 1, height: 1 });
      }),
    );
  });

  it('refuses what is no image', () => {
    expect(() => turnImage({} as Image, 90)).toThrow(expect.objectContaining({ code: 'ERR_SHAPE_MISMATCH' }));
  });
});
