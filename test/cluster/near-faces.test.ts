import { afterAll, describe, expect, it } from 'vitest';
import { faceMatrix } from '../../src/cluster/face-matrix.ts';
import { openNearSearch } from '../../src/cluster/near-search.ts';
import { EUCLIDEAN } from '../../src/core/metric/metric.ts';
import { NODE_RUNTIME } from '../../src/node/runtime/session.ts';
import { syntheticPeople } from './synthetic-people.ts';

const FACES = syntheticPeople(new Array<number>(60).fill(10));
const MATRIX = faceMatrix(FACES, EUCLIDEAN);
const COUNT = 6;

/** The nearest others of a face, by comparing with all. */
function expected(row: number, count: number): number[] {
  return FACES.map((face, other) => ({
    other,
    distance: EUCLIDEAN.distance(face.embedding, FACES[row]!.embedding),
  }))
    .filter(({ other }) => other !== row)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ other }) => other);
}

describe.each([
  ['loops', undefined],
  ['products of matrices', NODE_RUNTIME],
])('near faces by %s', async (_, runtime) => {
  const search = await openNearSearch(runtime, MATRIX.columns);
  afterAll(() => search[Symbol.asyncDispose]());

  it('are the nearest rows of each, nearest first', async () => {
    const near = await search.nearRows(MATRIX, { count: COUNT });
    for (let row = 0; row < MATRIX.rows; row += 7) {
      expect([...near.rows.subarray(row * COUNT, (row + 1) * COUNT)]).toEqual(expected(row, COUNT));
      const squared =
        EUCLIDEAN.distance(FACES[row]!.embedding, FACES[near.rows[row * COUNT]!]!.embedding) ** 2;
      expect(near.squared[row * COUNT]).toBeCloseTo(squared, 5);
    }
  });

  it('leave places empty where fewer rows are within the limit', async () => {
    const near = await search.nearRows(MATRIX, { count: 20, limit: 0.5 ** 2 });
    const own = [...near.rows.subarray(0, 20)];
    expect(own.slice(0, 9).every((row) => row > 0 && row < 10)).toBe(true);
    expect(own.slice(9)).toEqual(new Array(11).fill(-1));
  });

  it('are most of them by pivots, none twice and none that is farther than it says', async () => {
    const near = await search.nearRows(MATRIX, { count: COUNT, exactRows: 100 });
    let found = 0;
    for (let row = 0; row < MATRIX.rows; row++) {
      const own = [...near.rows.subarray(row * COUNT, (row + 1) * COUNT)].filter((other) => other >= 0);
      expect(new Set(own).size).toBe(own.length);
      expect(own).not.toContain(row);
      const right = new Set(expected(row, COUNT));
      found += own.filter((other) => right.has(other)).length;
    }
    expect(found / (MATRIX.rows * COUNT)).toBeGreaterThan(0.9);
  });

  it('are the nearest rows of another matrix', async () => {
    const probes = faceMatrix([FACES[3]!, FACES[77]!], EUCLIDEAN);
    const near = await search.nearestAmong(probes, MATRIX, { count: 3 });
    expect([...near.rows]).toEqual([3, ...expected(3, 2), 77, ...expected(77, 2)]);
  });
});
