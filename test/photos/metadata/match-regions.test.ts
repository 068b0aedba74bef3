import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchRegions } from '../../../src/photos/metadata/match-regions.ts';

const box = (left: number, top: number, side: number) => ({ left, top, width: side, height: side });

describe('matchRegions', () => {
  it('matches boxes of programs that draw heads larger or smaller', () => {
    const faces = [
      { id: 'left', box: box(0.2, 0.2, 0.1) },
      { id: 'right', box: box(0.6, 0.2, 0.1) },
    ];
    const regions = [
      { name: 'Bob', box: box(0.62, 0.22, 0.05) },
      { name: 'Ada', box: box(0.13, 0.1, 0.25) },
    ];
    const { pairs, unmatched } = matchRegions(regions, faces);
    expect(Object.fromEntries(pairs.map(({ region, face }) => [region.name, face.id]))).toEqual({
      Ada: 'left',
      Bob: 'right',
    });
    expect(unmatched).toEqual([]);
  });

  it('gives a face to the region that covers it best, and tells of the other', () => {
    const [near, far] = [{ box: box(0.2, 0.2, 0.1) }, { box: box(0.23, 0.23, 0.1) }];
    const face = { box: box(0.205, 0.2, 0.1) };
    expect(matchRegions([far, near], [face])).toEqual({ pairs: [{ region: near, face }], unmatched: [far] });
  });

  it('takes no face beside a region, nor a small one in a region of a whole group', () => {
    const regions = [{ box: box(0.2, 0.2, 0.1) }, { box: box(0.5, 0.5, 0.5) }];
    const { pairs } = matchRegions(regions, [{ box: box(0.29, 0.2, 0.1) }, { box: box(0.7, 0.7, 0.05) }]);
    expect(pairs).toEqual([]);
  });

  it('takes each region and each face at most once, whatever they are', () => {
    const boxes = fc.array(
      fc
        .record({
          left: fc.double({ min: 0, max: 1, noNaN: true }),
          top: fc.double({ min: 0, max: 1, noNaN: true }),
          side: fc.double({ min: 0.01, max: 0.5, noNaN: true }),
        })
        .map(({ left, top, side }) => ({ box: box(left, top, side) })),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(boxes, boxes, (regions, faces) => {
        const { pairs, unmatched } = matchRegions(regions, faces);
        expect(new Set(pairs.map(({ region }) => region)).size).toBe(pairs.length);
        expect(new Set(pairs.map(({ face }) => face)).size).toBe(pairs.length);
        expect(pairs.length + unmatched.length).toBe(regions.length);
      }),
    );
  });
});
