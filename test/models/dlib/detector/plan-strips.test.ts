import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planStrips, receptiveField, totalStride } from '../../../../src/models/dlib/detector/plan-strips.ts';

/** The convolutions of dlib's detector: three of stride 2 without padding, three of stride 1, the last of 9 x 9. */
const MMOD = [
  { kernel: 5, stride: 2, padding: 0 },
  { kernel: 5, stride: 2, padding: 0 },
  { kernel: 5, stride: 2, padding: 0 },
  { kernel: 5, stride: 1, padding: 2 },
  { kernel: 5, stride: 1, padding: 2 },
  { kernel: 5, stride: 1, padding: 2 },
  { kernel: 9, stride: 1, padding: 4 },
];

function mapHeight(height: number): number {
  return MMOD.reduce(
    (rows, { kernel, stride, padding }) => Math.floor((rows + 2 * padding - kernel) / stride) + 1,
    height,
  );
}

/** First and last row of the plane that a row of the score map can see, border not counted. */
function seenRows(cell: number): [number, number] {
  let first = cell;
  let last = cell;
  for (const { kernel, stride, padding } of [...MMOD].reverse()) {
    first = first * stride - padding;
    last = last * stride - padding + kernel - 1;
  }
  return [first, last];
}

const plan = fc.record({
  width: fc.integer({ min: 23, max: 6_000 }),
  height: fc.integer({ min: 250, max: 30_000 }),
  stripPixels: fc.integer({ min: 1, max: 20_000_000 }),
});

describe('planStrips', () => {
  it('decides every row of the map once, in order', () => {
    fc.assert(
      fc.property(plan, ({ width, height, stripPixels }) => {
        const rows = mapHeight(height);
        const strips = planStrips({ plane: { width, height }, mapHeight: rows, convs: MMOD, stripPixels });
        let next = 0;
        for (const { firstCell, lastCell } of strips) {
          expect(firstCell).toBe(next);
          expect(lastCell).toBeGreaterThanOrEqual(firstCell);
          next = lastCell + 1;
        }
        expect(next).toBe(rows);
      }),
    );
  });

  it('gives every strip all that its rows can see, where the plane has it', () => {
    fc.assert(
      fc.property(plan, ({ width, height, stripPixels }) => {
        const stride = totalStride(MMOD);
        for (const { firstRow, lastRow, firstCell, lastCell } of planStrips({
          plane: { width, height },
          mapHeight: mapHeight(height),
          convs: MMOD,
          stripPixels,
        })) {
          expect(firstRow % stride).toBe(0);
          expect(firstRow).toBeLessThanOrEqual(Math.max(0, seenRows(firstCell)[0]));
          expect(lastRow).toBeGreaterThanOrEqual(Math.min(height - 1, seenRows(lastCell)[1]));
          expect(lastRow).toBeLessThan(height);
        }
      }),
    );
  });

  it('keeps strips near the wanted size, except where they would be mostly overlap', () => {
    const overlap = 4 * receptiveField(MMOD);
    fc.assert(
      fc.property(plan, ({ width, height, stripPixels }) => {
        const least = 2 * overlap + 4 * receptiveField(MMOD);
        const strips = planStrips({
          plane: { width, height },
          mapHeight: mapHeight(height),
          convs: MMOD,
          stripPixels,
        });
        const rows = Math.max(...strips.map(({ firstRow, lastRow }) => lastRow - firstRow + 1));
        expect(rows).toBeLessThanOrEqual(Math.max(least, stripPixels / width + overlap));
      }),
    );
  });

  it('takes a plane that is small enough as a whole', () => {
    const strips = planStrips({
      plane: { width: 272, height: 957 },
      mapHeight: mapHeight(957),
      convs: MMOD,
      stripPixels: 4_000_000,
    });
    expect(strips).toEqual([{ firstRow: 0, lastRow: 956, firstCell: 0, lastCell: mapHeight(957) - 1 }]);
  });
});
