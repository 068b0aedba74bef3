import { describe, expect, it } from 'vitest';
import { faceMatrix } from '../../src/cluster/face-matrix.ts';
import { nearestAmong, nearRows } from '../../src/cluster/near-faces.ts';
import { EUCLIDEAN } from '../../src/core/metric/metric.ts';
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

describe('nearRows', () => {
  it('finds the nearest rows of each, nearest first', () => {
    const near = nearRows(MATRIX, { count: COUNT });
    for (let row = 0; row < MATRIX.rows; row += 7) {
      expect([...near.rows.subarray(row * COUNT, (row + 1) * COUNT)]).toEqual(expected(row, COUNT));
      const squared =
        EUCLIDEAN.distance(FACES[row]!.embedding, FACES[near.rows[row * COUNT]!]!.embedding) ** 2;
      expect(near.squared[row * COUNT]).toBeCloseTo(squared, 5);
    }
  });

  it('leaves places empty where fewer rows are within the limit', () => {
    const near = nearRows(MATRIX, { count: 20, limit: 0.5 ** 2 });
    const own = [...near.rows.subarray(0, 20)];
    expect(own.slice(0, 9).every((row) => row > 0 && row < 10)).toBe(true);
    expect(own.slice(9)).toEqual(new Array(11).fill(-1));
  });

  it('finds most of them by pivots, none twice and none that is farther than it says', () => {
    const near = nearRows(MATRIX, { count: COUNT, exactRows: 100 });
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
});

describe('nearestAmong', () => {
  it('finds the nearest rows of another matrix', () => {
    const probes = faceMatrix([FACES[3]!, FACES[77]!], EUCLIDEAN);
    const near = nearestAmong(probes, MATRIX, { count: 3 });
    expect([...near.rows]).toEqual([3, ...expected(3, 2), 77, ...expected(77, 2)]);
  });
});
