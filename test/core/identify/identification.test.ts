import { describe, expect, it } from 'vitest';
import { toIdentifications } from '../../../src/core/identify/identification.ts';

const LABELS = ['a', 'b', 'c', 'd'];

function identify(row: readonly number[], distances: readonly number[] | null, options = {}) {
  const result = {
    count: 1,
    labels: Int32Array.of(0),
    probabilities: Float32Array.from(row),
    distances: distances && Float32Array.from(distances),
  };
  return toIdentifications(result, { kind: 'nearest', labels: LABELS, maxDistance: 0.56 }, options)[0]!;
}

describe('toIdentifications', () => {
  it('names the most probable person who is near enough', () => {
    expect(identify([0.1, 0.75, 0.1, 0.05], [0.9, 0.25, 0.8, 0.7])).toMatchObject({
      label: 'b',
      distance: 0.25,
    });
  });

  it('names nobody who is too far away, however probable', () => {
    const stranger = identify([0.01, 0.97, 0.01, 0.01], [0.9, 0.75, 0.8, 0.7]);
    expect(stranger).toMatchObject({ label: null, distance: 0.75 });
    expect(stranger.probability).toBeCloseTo(0.97, 6);
    expect(identify([0.01, 0.97, 0.01, 0.01], [0.9, 0.75, 0.8, 0.7], { maxDistance: 0.75 }).label).toBe('b');
  });

  it('names nobody who is less probable than asked for', () => {
    expect(identify([0.75, 0.25, 0, 0], [0.25, 1, 1, 1], { minProbability: 0.875 }).label).toBeNull();
    expect(identify([0.75, 0.25, 0, 0], [0.25, 1, 1, 1], { minProbability: 0.75 }).label).toBe('a');
  });

  it('lists the best three, the nearer one first where probabilities are equal', () => {
    const { candidates } = identify([0.25, 0.25, 0.25, 0.125], [0.5, 0.25, 1, 0.125]);
    expect(candidates.map(({ label }) => label)).toEqual(['b', 'a', 'c']);
  });

  it('tells what the distances say, not what the classifier calls probable, where that is known', () => {
    const evidence = { midpoint: 0.6, scale: 50, perReference: 1.5 };
    const result = {
      count: 2,
      labels: Int32Array.of(0, 0),
      // A machine that shares 1 among the people it knows, whoever comes.
      probabilities: Float32Array.of(0.4, 0.2, 0.2, 0.2, 0.97, 0.01, 0.01, 0.01),
      distances: Float32Array.of(0.7, 0.3, 0.9, 0.9, 0.7, 0.8, 0.8, 0.9),
    };
    const known = { kind: 'svm', labels: LABELS, references: [5, 5, 5, 5], evidence, maxDistance: 0.56 };
    const [friend, stranger] = toIdentifications(result, known);
    expect(friend).toMatchObject({ label: 'b', candidates: [{ label: 'b' }, {}, {}] });
    expect(friend!.probability).toBeGreaterThan(0.99);
    expect(stranger).toMatchObject({ label: null });
    expect(stranger!.probability).toBeLessThan(0.01);
  });

  it('does without distances where the classifier gives none', () => {
    expect(identify([0.9, 0.1, 0, 0], null)).toMatchObject({ label: 'a', distance: null });
  });

  it.each([
    { maxDistance: -0.1 },
    { maxDistance: Number.NaN },
    { minProbability: -1 },
    { minProbability: 1.01 },
  ])('refuses %j', (options) => {
    expect(() => identify([1, 0, 0, 0], null, options)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }),
    );
  });
});
