import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cropImage } from '../../../src/core/image/crop-image.ts';
import type { Image } from '../../../src/core/image/image.ts';
import { resizeImage } from '../../../src/core/image/resize-image.ts';
import { forEachScaledRow } from '../../../src/core/image/scaled-rows.ts';

const side = fc.integer({ min: 1, max: 24 });

it('gives the bytes of the part that is cut out and then scaled linearly', () => {
  fc.assert(
    fc.property(
      fc.record({ width: side, height: side, toWidth: side, toHeight: side, left: side, top: side }),
      fc.constantFrom(1 as const, 3 as const),
      fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
      ({ width, height, toWidth, toHeight, left, top }, channels, bytes) => {
        const sides = { width: width + left, height: height + top };
        const data = Uint8Array.from(
          { length: sides.width * sides.height * channels },
          () => bytes.next().value,
        );
        const image: Image = { data, ...sides, channels };
        const part = { left, top, width, height };
        const shown = { width: toWidth, height: toHeight };
        const rows: number[] = [];
        forEachScaledRow(image, part, shown, (y, row) => {
          expect(rows).toHaveLength(y * toWidth * channels);
          rows.push(...row);
        });
        const expected = resizeImage(cropImage(image, part), { ...shown, shrink: 'linear' });
        expect(rows).toEqual([...expected.data]);
      },
    ),
  );
});
