import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toGray } from '../../../src/core/image/convert-color.ts';
import type { Image } from '../../../src/core/image/image.ts';
import { resizeImage } from '../../../src/core/image/resize-image.ts';
import { gradientImage, maxDifference, noiseImage, pixel } from '../../node/image/images.ts';
import { readOpencvGolden } from '../../node/image/opencv-golden.ts';

describe('resizeImage', () => {
  it("shrinks like OpenCV 4.14.0's INTER_AREA within 1", () => {
    const { rgb, shrink } = readOpencvGolden();
    for (const expected of shrink) {
      const { width, height } = expected;
      expect(maxDifference(resizeImage(rgb, { width, height }), expected)).toBeLessThanOrEqual(1);
    }
  });

  it("grows like OpenCV 4.14.0's INTER_LINEAR within 1", () => {
    const { rgb, grow } = readOpencvGolden();
    for (const expected of grow) {
      const { width, height } = expected;
      expect(maxDifference(resizeImage(rgb, { width, height }), expected)).toBeLessThanOrEqual(1);
    }
  });

  it('shrinks linearly where it is told to, by the two pixels nearest to where the middle falls', () => {
    const image: Image = { data: Uint8Array.of(0, 100, 200, 10, 20, 30), width: 6, height: 1, channels: 1 };
    // Middles fall on 1 and 4, the middle ones of three.
    expect([...resizeImage(image, { width: 2, height: 1, shrink: 'linear' }).data]).toEqual([100, 20]);
    expect([...resizeImage(image, { width: 2, height: 1 }).data]).toEqual([100, 20]);
    const spike: Image = { data: Uint8Array.of(240, 0, 0, 240, 0, 0), width: 6, height: 1, channels: 1 };
    expect([...resizeImage(spike, { width: 2, height: 1, shrink: 'linear' }).data]).toEqual([0, 0]);
    expect([...resizeImage(spike, { width: 2, height: 1 }).data]).toEqual([80, 80]);
    const wrong = { width: 2, height: 1, shrink: 'cubic' } as never;
    expect(() => resizeImage(spike, wrong)).toThrow(/'area', 'linear' or 'triangle'/);
  });

  it('shrinks by triangles where it is told to, each pixel reaching to the middles of its neighbors', () => {
    const spike: Image = { data: Uint8Array.of(0, 0, 0, 60, 0, 0), width: 6, height: 1, channels: 1 };
    // Weights 2/3, 1, 2/3, 1/3 about the first middle, and 1/3, 2/3, 1, 2/3 about the second.
    expect([...resizeImage(spike, { width: 2, height: 1, shrink: 'triangle' }).data]).toEqual([8, 15]);
    const column = { ...spike, width: 1, height: 6 };
    expect([...resizeImage(column, { width: 1, height: 2, shrink: 'triangle' }).data]).toEqual([8, 15]);
    const flat: Image = { data: new Uint8Array(3 * 50 * 31).fill(77), width: 50, height: 31, channels: 3 };
    const { data } = resizeImage(flat, { width: 25, height: 7, shrink: 'triangle' });
    expect(new Set(data)).toEqual(new Set([77]));
  });

  it('averages exact halves of 2 x 2 pixels, rounding half up', () => {
    const data = Uint8Array.of(1, 2, 10, 20, 3, 4, 30, 42);
    const image: Image = { data, width: 4, height: 2, channels: 1 };
    expect([...resizeImage(image, { scale: 0.5 }).data]).toEqual([3, 26]);
  });

  it('halves color as it halves each channel', () => {
    const image = noiseImage(14, 10, 3);
    const half = resizeImage(image, { scale: 0.5 });
    expect([half.width, half.height]).toEqual([7, 5]);
    for (const [x, y] of [
      [0, 0],
      [6, 4],
      [3, 2],
    ] as const) {
      const corners = [0, 1].flatMap((dy) => [0, 1].map((dx) => pixel(image, 2 * x + dx, 2 * y + dy)));
      const means = [0, 1, 2].map((c) => Math.floor(corners.reduce((sum, p) => sum + p[c]!, 2) / 4));
      expect(pixel(half, x, y)).toEqual(means);
    }
  });

  it('returns the same object when the size stays', () => {
    const image = noiseImage(5, 4, 1);
    expect(resizeImage(image, { width: 5, height: 4 })).toBe(image);
    expect(resizeImage(image, { scale: 1 })).toBe(image);
  });

  it('keeps a flat image flat at any size', () => {
    fc.assert(
      fc.property(
        fc.record({
          w: side(),
          h: side(),
          width: side(),
          height: side(),
          value: fc.integer({ min: 0, max: 255 }),
        }),
        fc.constantFrom(1 as const, 3 as const),
        ({ w, h, width, height, value }, channels) => {
          const image: Image = {
            data: new Uint8Array(w * h * channels).fill(value),
            width: w,
            height: h,
            channels,
          };
          const result = resizeImage(image, { width, height });
          expect(result.data.length).toBe(width * height * channels);
          expect(new Set(result.data)).toEqual(new Set([value]));
        },
      ),
    );
  });

  it('gives gray and color images the same samples', () => {
    fc.assert(
      fc.property(side(), side(), (width, height) => {
        const gray = noiseImage(23, 17, 1);
        const rgb: Image = { ...gray, data: Uint8Array.from(triple(gray.data)), channels: 3 };
        expect(toGray(resizeImage(rgb, { width, height }), { method: 'mean' })).toEqual(
          resizeImage(gray, { width, height }),
        );
      }),
    );
  });

  it('keeps the mean brightness when shrinking', () => {
    const image = gradientImage(90, 70);
    expect(mean(resizeImage(image, { width: 13, height: 9 }))).toBeCloseTo(mean(image), 0);
  });

  it('keeps at least one pixel', () => {
    expect(resizeImage(noiseImage(1, 20_000, 1), { scale: 0.01 })).toMatchObject({ width: 1, height: 200 });
  });

  it('refuses sizes that are no sizes', () => {
    const image = noiseImage(4, 4, 1);
    for (const options of [
      { scale: 0 },
      { scale: Number.NaN },
      { width: 0, height: 4 },
      { width: 2.5, height: 4 },
    ]) {
      expect(() => resizeImage(image, options)).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }),
      );
    }
    expect(() => resizeImage(image, { scale: 1e6 })).toThrow(
      expect.objectContaining({ code: 'ERR_IMAGE_TOO_LARGE' }),
    );
  });
});

function side(): fc.Arbitrary<number> {
  return fc.integer({ min: 1, max: 60 });
}

function triple(values: Uint8Array): number[] {
  return Array.from(values).flatMap((value) => [value, value, value]);
}

function mean(image: Image): number {
  return image.data.reduce((sum, value) => sum + value, 0) / image.data.length;
}
