import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillPyramid, layoutPyramid } from '../../../../src/models/dlib/detector/tiled-pyramid.ts';

const size = fc.record({ width: fc.integer({ min: 1, max: 700 }), height: fc.integer({ min: 1, max: 700 }) });

describe('layoutPyramid', () => {
  it('makes planes of the sides that native dlib 19.24 makes', () => {
    expect(layoutPyramid(250, 250)).toMatchObject({ width: 272, height: 957 });
    expect(layoutPyramid(250, 250).tiles).toHaveLength(20);
    expect(layoutPyramid(640, 480)).toMatchObject({ width: 662, height: 1_782 });
  });

  it('puts the image first and every level, 5/6 of the one before, inside the plane', () => {
    fc.assert(
      fc.property(size, ({ width, height }) => {
        const layout = layoutPyramid(width, height);
        // Where dlib finds room for nothing, the plane is too low for the network to see anything.
        if (layout.tiles.length === 0) {
          expect(layout.height).toBe(12);
          return;
        }
        expect(layout.tiles[0]).toEqual({ left: 11, top: 11, width, height });
        layout.tiles.forEach((tile, level) => {
          expect(tile.left).toBeGreaterThanOrEqual(11);
          expect(tile.top).toBeGreaterThanOrEqual(11);
          expect(tile.left + tile.width).toBeLessThanOrEqual(layout.width);
          expect(tile.top + tile.height).toBeLessThanOrEqual(layout.height);
          const above = layout.tiles[level - 1];
          if (above) {
            expect([tile.width, tile.height]).toEqual([
              Math.floor((above.width * 5) / 6),
              Math.floor((above.height * 5) / 6),
            ]);
          }
        });
      }),
    );
  });
});

describe('fillPyramid', () => {
  it('fills every tile of a picture of one value with that value, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.record({ width: fc.integer({ min: 12, max: 60 }), height: fc.integer({ min: 12, max: 60 }) }),
        ({ width, height }) => {
          const layout = layoutPyramid(width, height);
          fc.pre(layout.tiles.length > 0);
          const plane = new Float32Array(3 * layout.width * layout.height);
          const image = {
            data: new Uint8Array(width * height).fill(200),
            width,
            height,
            channels: 1 as const,
          };
          fillPyramid(plane, layout, { image, averages: [122.782, 117.001, 104.298] });
          const first = plane.subarray(0, layout.width * layout.height);
          const expected = new Float32Array(first.length);
          for (const tile of layout.tiles) {
            for (let y = tile.top; y < tile.top + tile.height; y++) {
              const start = y * layout.width + tile.left;
              expected.fill((200 - 122.782) / 256, start, start + tile.width);
            }
          }
          expect(first.every((value, i) => Math.abs(value - expected[i]!) < 1e-6)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });
});
