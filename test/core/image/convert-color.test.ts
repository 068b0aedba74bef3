import { describe, expect, it } from 'vitest';
import { toGray, toRgb } from '../../../src/core/image/convert-color.ts';
import { noiseImage } from '../../node/image/images.ts';
import { readOpencvGolden } from '../../node/image/opencv-golden.ts';

describe('toGray', () => {
  it("equals OpenCV 4.14.0's cvtColor(RGB2GRAY) bit by bit", () => {
    const { rgb, gray } = readOpencvGolden();
    expect(toGray(rgb)).toEqual(gray);
  });

  it('stays within half a step of the exact luma for every corner and edge of the color cube', () => {
    for (const r of [0, 1, 127, 254, 255]) {
      for (const g of [0, 1, 127, 254, 255]) {
        for (let b = 0; b < 256; b++) {
          const gray = toGray({ data: Uint8Array.of(r, g, b), width: 1, height: 1, channels: 3 }).data[0]!;
          expect(Math.abs(gray - (0.299 * r + 0.587 * g + 0.114 * b))).toBeLessThan(0.51);
        }
      }
    }
  });

  it('takes the floor of the mean with method mean', () => {
    const image = noiseImage(19, 7, 3);
    const expected = Array.from({ length: 19 * 7 }, (_, i) => {
      const [r, g, b] = image.data.subarray(3 * i, 3 * i + 3);
      return Math.floor((r! + g! + b!) / 3);
    });
    expect([...toGray(image, { method: 'mean' }).data]).toEqual(expected);
  });

  it('returns gray images as they are', () => {
    const image = noiseImage(4, 4, 1);
    expect(toGray(image)).toBe(image);
    expect(toGray(toRgb(image))).toEqual(image);
    expect(toGray(toRgb(image), { method: 'mean' })).toEqual(image);
  });

  it('refuses an unknown method and data that do not fit the size', () => {
    const image = noiseImage(4, 4, 3);
    expect(() => toGray(image, { method: 'red' as never })).toThrow(/'luma' or 'mean'/);
    expect(() => toGray({ ...image, width: 5 })).toThrow(
      expect.objectContaining({ code: 'ERR_SHAPE_MISMATCH' }),
    );
  });
});

describe('toRgb', () => {
  it('copies gray into all three channels and returns RGB images as they are', () => {
    const gray = { data: Uint8Array.of(3, 200), width: 2, height: 1, channels: 1 } as const;
    const rgb = toRgb(gray);
    expect(rgb).toEqual({ data: Uint8Array.of(3, 3, 3, 200, 200, 200), width: 2, height: 1, channels: 3 });
    expect(toRgb(rgb)).toBe(rgb);
  });
});
