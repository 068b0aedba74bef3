import { describe, expect, it } from 'vitest';
import { evaluateIdentification } from '../../src/evaluate/identification.ts';
import {
  type NamedFace,
  openSetRates,
  openSetScores,
  searchGallery,
} from '../../src/evaluate/search-outcome.ts';
import { syntheticFaces } from './synthetic-faces.ts';

const face = (id: string, person: string, x: number | null): NamedFace => ({
  id,
  person,
  embedding: x === null ? null : Float32Array.of(x),
});
const gallery = [face('a1', 'Ann', 0), face('b1', 'Bob', 10), face('b2', 'Bob', 12)];

describe('searchGallery', () => {
  it('ranks people by their nearest face', () => {
    const [near, wrong, stranger, blind] = searchGallery(
      [face('p1', 'Ann', 1), face('p2', 'Ann', 9), face('p3', 'Cy', 11.5), face('p4', 'Ann', null)],
      gallery,
    );
    expect(near).toMatchObject({ rank: 1, ownDistance: 1, best: { person: 'Ann', face: 'a1' } });
    expect(wrong).toMatchObject({
      rank: 2,
      ownDistance: 9,
      best: { person: 'Bob', distance: 1, face: 'b1' },
    });
    expect(stranger).toMatchObject({ enrolled: false, rank: null, ownDistance: null, best: { face: 'b2' } });
    expect(blind).toMatchObject({ enrolled: true, rank: null, best: null });
  });

  it('knows a person by a name in another Unicode form', () => {
    const embedding = Float32Array.of(1, 0);
    const [outcome] = searchGallery(
      [{ id: 'probe', person: 'Jose\u0301', embedding }],
      [{ id: 'photo', person: 'Jos\u00e9', embedding }],
    );
    expect(outcome).toMatchObject({ enrolled: true, rank: 1, best: { person: 'Jos\u00e9' } });
  });

  it('does not let a tie count as a hit', () => {
    const [tie] = searchGallery([face('p', 'Ann', 5)], gallery);
    expect(tie!.rank).toBe(2);
  });

  it('leaves out the probe itself, or its whole person', () => {
    const [itself] = searchGallery([gallery[1]!], gallery);
    expect(itself).toMatchObject({ rank: 1, ownDistance: 2 });
    const [stranger] = searchGallery([gallery[1]!], gallery, { leaveOut: 'person' });
    expect(stranger).toMatchObject({ enrolled: false, best: { person: 'Ann', distance: 10 } });
  });
});

describe('evaluateIdentification', () => {
  it('counts hits, ranks, failures, confusions and open-set errors', () => {
    const probes = [
      face('p1', 'Ann', 1),
      face('p2', 'Ann', 9.5),
      face('p3', 'Bob', 13),
      face('p4', 'Bob', null),
      face('p5', 'Cy', 2),
      face('p6', 'Dee', 40),
    ];
    const result = evaluateIdentification(searchGallery(probes, gallery), {
      maxDistance: 3,
      ranks: 3,
      rounds: 50,
    });
    expect(result.probes).toEqual({ enrolled: 4, strangers: 2, failures: 1 });
    expect(result.rank1).toMatchObject({ count: 2, trials: 4 });
    expect(result.rank1WithFace).toMatchObject({ count: 2, trials: 3 });
    expect(result.cmc).toEqual([0.5, 0.75, 0.75]);
    expect(result.confusions).toEqual([
      { person: 'Ann', takenFor: 'Bob', count: 1 },
      { person: 'Cy', takenFor: 'Ann', count: 1 },
    ]);
    expect(result.falsePositives.map((each) => each.probe)).toEqual(['p2', 'p5']);
    expect(result.misses.map((each) => each.probe)).toEqual(['p4', 'p2']);
    const at2 = result.openSet.find((point) => point.maxDistance === 2)!;
    expect(at2).toMatchObject({ fpir: 0.5, fnir: 0.5 });
  });

  it('draws a curve whose errors go opposite ways, within their intervals', () => {
    const known = syntheticFaces({ people: 15, faces: 4, seed: 1, noise: 0.6 });
    const strangers = syntheticFaces({ people: 15, faces: 2, seed: 2, noise: 0.6, prefix: 'stranger' });
    const probes = [...known.filter((_, i) => i % 4 > 1), ...strangers];
    const outcomes = searchGallery(
      probes,
      known.filter((_, i) => i % 4 < 2),
    );
    const { openSet } = evaluateIdentification(outcomes, { rounds: 200 });
    expect(openSet.length).toBeGreaterThan(20);
    for (const [i, point] of openSet.entries()) {
      if (i > 0) {
        expect(point.fpir).toBeGreaterThanOrEqual(openSet[i - 1]!.fpir);
        expect(point.fnir).toBeLessThanOrEqual(openSet[i - 1]!.fnir);
      }
      expect(point.fpirLow).toBeLessThanOrEqual(point.fpir);
      expect(point.fpirHigh).toBeGreaterThanOrEqual(point.fpir);
      expect(point).toMatchObject(openSetRates(openSetScores(outcomes), point.maxDistance));
    }
    expect(evaluateIdentification(outcomes, { rounds: 200 }).openSet).toEqual(openSet);
  });

  it('works without strangers and refuses to work without known people', () => {
    const closed = evaluateIdentification(searchGallery([face('p', 'Ann', 1)], gallery));
    expect(closed).toMatchObject({ openSet: [], maxDistance: Number.POSITIVE_INFINITY, falsePositives: [] });
    expect(() => evaluateIdentification(searchGallery([face('p', 'Cy', 1)], gallery))).toThrow(/No probe/);
  });
});
