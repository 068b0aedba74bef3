import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cropImage } from '../../../src/core/image/crop-image.ts';
import { flipHorizontal } from '../../../src/core/image/flip-image.ts';
import { noiseImage, pixel } from './images.ts';

describe('cropImage', () => {
  it('takes the pixels that the box covers', () => {
    const image = noiseImage(9, 7, 3);
    const crop = cropImage(image, { left: 2, top: 3, width: 4, height: 2 });
    expect([crop.width, crop.height, crop.channels]).toEqual([4, 2, 3]);
    expect(pixel(crop, 0, 0)).toEqual(pixel(image, 2, 3));
    expect(pixel(crop, 3, 1)).toEqual(pixel(image, 5, 4));
  });

  it('leaves out what lies outside the image', () => {
    const image = noiseImage(9, 7, 1);
    expect(cropImage(image, { left: -5, top: -5, width: 100, height: 100 })).toEqual(image);
    expect(cropImage(image, { left: 7, top: 6, width: 5, height: 5 })).toMatchObject({ width: 2, height: 1 });
  });

  it('rounds edges to whole pixels', () => {
    const image = noiseImage(9, 7, 1);
    expect(cropImage(image, { left: 1.6, top: 0.4, width: 3, height: 3 })).toEqual(
      cropImage(image, { left: 2, top: 0, width: 3, height: 3 }),
    );
  });

  it('refuses a box beside the image, an empty one and one without numbers', () => {
    const image = noiseImage(9, 7, 1);
    for (const box of [
      { left: 9, top: 0, width: 3, height: 3 },
      { left: 2, top: 2, width: 0, height: 3 },
      { left: 2, top: 2, width: -4, height: 3 },
      { left: Number.NaN, top: 2, width: 4, height: 3 },
    ]) {
      expect(() => cropImage(image, box)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }));
    }
  });
});

describe('flipHorizontal', () => {
  it('moves the pixel at x to width - 1 - x', () => {
    const image = noiseImage(5, 3, 3);
    const flipped = flipHorizontal(image);
    expect(pixel(flipped, 0, 1)).toEqual(pixel(image, 4, 1));
    expect(pixel(flipped, 2, 2)).toEqual(pixel(image, 2, 2));
  });

  it('is its own inverse', () => {
    const size = fc.integer({ min: 1, max: 30 });
    fc.assert(
      fc.property(size, size, fc.constantFrom(1 as const, 3 as const), (width, height, channels) => {
        const image = noiseImage(width, height, channels, width * 31 + height);
        expect(flipHorizontal(flipHorizontal(image))).toEqual(image);
      }),
    );
  });
});
