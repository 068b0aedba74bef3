import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockPlane } from '../../../../src/models/dlib/detector/block-plane.ts';

const size = fc.record({
  width: fc.integer({ min: 1, max: 20 }),
  height: fc.integer({ min: 1, max: 20 }),
  border: fc.integer({ min: 0, max: 3 }).map((half) => 2 * half),
  // Of the picture in its memory.
  offset: fc.integer({ min: 0, max: 1 }),
});

describe('BlockPlane', () => {
  it('holds every pixel in its block, and the background around the picture', () => {
    fc.assert(
      fc.property(size, ({ width, height, border, offset }) => {
        const plane = new BlockPlane({ width, height, border, background: [201.4, 202, 203] });
        const memory = Uint8Array.from({ length: offset + width * height * 3 }, (_, i) => i % 200);
        const data = memory.subarray(offset);
        plane.fill({ data, width, height, channels: 3 });
        expect((plane.width % 2) + (plane.height % 2)).toBe(0);
        const { data: blocks, dims } = plane.rows(0, plane.height - 1);
        expect(dims).toEqual([1, plane.height / 2, plane.width / 2, 12]);
        for (let y = 0; y < plane.height; y++) {
          for (let x = 0; x < plane.width; x++) {
            const block = (y >> 1) * (plane.width / 2) + (x >> 1);
            const at = block * 12 + (y % 2) * 6 + (x % 2) * 3;
            const inside = x >= border && x < border + width && y >= border && y < border + height;
            const pixel = ((y - border) * width + x - border) * 3;
            const expected = inside ? [...data.subarray(pixel, pixel + 3)] : [201, 202, 203];
            expect([...blocks.subarray(at, at + 3)]).toEqual(expected);
          }
        }
      }),
    );
  });

  it('gives some rows of pixels as a view', () => {
    const plane = new BlockPlane({ width: 4, height: 8, border: 0, background: [0, 0, 0] });
    const data = Uint8Array.from({ length: 4 * 8 * 3 }, (_, i) => i);
    plane.fill({ data, width: 4, height: 8, channels: 3 });
    const whole = plane.rows(0, 7).data;
    const { data: rows, dims } = plane.rows(2, 5);
    expect(dims).toEqual([1, 2, 2, 12]);
    expect([...rows]).toEqual([...whole.subarray(24, 72)]);
  });
});
