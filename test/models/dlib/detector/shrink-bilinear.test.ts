import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Image } from '../../../../src/core/image/image.ts';
import { shrinkBilinear } from '../../../../src/models/dlib/detector/shrink-bilinear.ts';

const empty = (width: number, height: number): Image => ({
  data: new Uint8Array(width * height * 3),
  width,
  height,
  channels: 3,
});

/** Bilinear interpolation in doubles, pixel middles at halves. */
function reference(image: Image, target: Image): number[] {
  const axis = (from: number, to: number, i: number) =>
    Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
  const at = (x: number, y: number, c: number) => image.data[(y * image.width + x) * 3 + c]!;
  const values: number[] = [];
  for (let y = 0; y < target.height; y++) {
    for (let x = 0; x < target.width; x++) {
      const [u, v] = [axis(image.width, target.width, x), axis(image.height, target.height, y)];
      const [x0, y0] = [Math.floor(u), Math.floor(v)];
      const [x1, y1] = [Math.min(x0 + 1, image.width - 1), Math.min(y0 + 1, image.height - 1)];
      for (let c = 0; c < 3; c++) {
        const upper = at(x0, y0, c) + (u - x0) * (at(x1, y0, c) - at(x0, y0, c));
        const lower = at(x0, y1, c) + (u - x0) * (at(x1, y1, c) - at(x0, y1, c));
        values.push(upper + (v - y0) * (lower - upper));
      }
    }
  }
  return values;
}

describe('shrinkBilinear', () => {
  it('is within two steps of interpolation in doubles, at every size', () => {
    const side = fc.integer({ min: 1, max: 24 });
    fc.assert(
      fc.property(
        side,
        side,
        fc.double({ min: 0.5, max: 1, noNaN: true }),
        fc.integer(),
        (w, h, scale, seed) => {
          const image = empty(w, h);
          image.data.forEach((_, i) => {
            image.data[i] = Math.imul(i + 1, 2_654_435_761 ^ seed) >>> 24;
          });
          const target = empty(Math.max(1, Math.round(w * scale)), Math.max(1, Math.round(h * scale)));
          const expected = reference(image, target);
          const found = shrinkBilinear(image, target).data;
          // Weights are whole 256ths: 255 / 512 a side, and half a step of rounding.
          for (const [i, value] of expected.entries())
            expect(Math.abs(found[i]! - value)).toBeLessThanOrEqual(2);
        },
      ),
    );
  });

  it('copies an image of the same size', () => {
    const image = empty(5, 4);
    image.data.forEach((_, i) => {
      image.data[i] = i * 4;
    });
    expect(shrinkBilinear(image, empty(5, 4))).toEqual(image);
  });
});
