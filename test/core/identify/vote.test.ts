import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { voteOverSightings } from '../../../src/core/identify/vote.ts';

function vote(rows: readonly (readonly number[])[], threshold = 0.2) {
  const classCount = rows[0]!.length;
  const result = {
    count: rows.length,
    labels: new Int32Array(rows.length),
    probabilities: Float32Array.from(rows.flat()),
    distances: null,
  };
  return voteOverSightings(result, classCount, threshold);
}

describe('voteOverSightings', () => {
  it('takes the majority, not the largest index and not the largest probability', () => {
    const outcome = vote([
      [0.6, 0.3, 0.1],
      [0.5, 0.4, 0.1],
      [0, 0, 1],
    ]);
    expect(outcome).toMatchObject({ column: 0, votes: 2, sightings: 3 });
    expect(outcome.probability).toBeCloseTo(0.55, 6);
    expect(outcome.margin).toBeCloseTo(1 / 3, 12);
  });

  it('gives a tie to the larger sum of probabilities', () => {
    expect(
      vote([
        [0.9, 0.1],
        [0.3, 0.7],
      ]).column,
    ).toBe(0);
    expect(
      vote([
        [0.6, 0.4],
        [0.1, 0.9],
      ]),
    ).toMatchObject({ column: 1, votes: 1, margin: 0 });
  });

  it('lets a sighting below the threshold vote for unknown', () => {
    expect(vote([[0.19, 0.1]], 0.2)).toMatchObject({ column: -1, votes: 1 });
    expect(
      vote(
        [
          [0.5, 0.1],
          [0.1, 0.1],
          [0.1, 0.05],
        ],
        0.2,
      ),
    ).toMatchObject({ column: -1, votes: 2 });
    expect(vote([[0.25, 0.1]], 0.25).column).toBe(0);
  });

  it('prefers somebody known to unknown on a tie', () => {
    expect(
      vote(
        [
          [0.1, 0.1],
          [0.3, 0.1],
        ],
        0.2,
      ).column,
    ).toBe(0);
  });

  it('counts votes right whatever the probabilities', () => {
    const row = fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 9 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rows, threshold) => {
          const counts = new Map<number, number>();
          for (const r of rows) {
            const best = Math.max(...r);
            const column = best < threshold ? -1 : r.indexOf(best);
            counts.set(column, (counts.get(column) ?? 0) + 1);
          }
          const outcome = vote(rows, threshold);
          expect(outcome.votes).toBe(Math.max(...counts.values()));
          expect(counts.get(outcome.column)).toBe(outcome.votes);
          expect(outcome.margin).toBeGreaterThanOrEqual(0);
          expect(outcome.margin).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});
