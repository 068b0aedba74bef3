import { describe, expect, it } from 'vitest';
import { FaceTriggerError } from '../../src/core/errors.ts';
import { recommendThreshold } from '../../src/evaluate/recommend-threshold.ts';
import { searchGallery } from '../../src/evaluate/search-outcome.ts';
import { syntheticFaces } from './synthetic-faces.ts';

describe('recommendThreshold', () => {
  it('promises no more than the target and says what it costs', () => {
    const gallery = syntheticFaces({ people: 20, faces: 5, seed: 4 });
    const cohort = syntheticFaces({ people: 300, faces: 1, seed: 5, prefix: 'stranger' });
    const result = recommendThreshold(gallery, { targetFpir: 0.02, cohort });
    expect(result.upperBound).toBeLessThanOrEqual(0.02);
    expect(result.falseAccepts.trials).toBe(400);
    expect(result.misses!.trials).toBe(100);
    expect(result).toMatchObject({ people: 20, strangers: 300, target: { kind: 'fpir', rate: 0.02 } });
    // One more error would break the promise.
    expect(result.falseAccepts.count).toBe(3);
    expect(result.crossValidated!.falseAccepts.trials).toBe(400);
    expect(result.crossValidated!.falseAccepts.low).toBeLessThan(0.02);
    expect(recommendThreshold(gallery, { targetFpir: 0.02, cohort })).toEqual(result);
  });

  it('keeps its promise on new strangers in about 19 of 20 cases', () => {
    const gallery = syntheticFaces({ people: 8, faces: 3, seed: 10, noise: 0.5 });
    const target = 0.05;
    let kept = 0;
    const runs = 60;
    const world = syntheticFaces({ people: 4000, faces: 1, seed: 99, prefix: 'new' });
    const distances = searchGallery(world, gallery).map((outcome) => outcome.best!.distance);
    for (let run = 0; run < runs; run++) {
      const cohort = syntheticFaces({ people: 200, faces: 1, seed: 1000 + run, prefix: 'stranger' });
      // The gallery's own 24 searches are few beside the cohort's 200.
      const { maxDistance } = recommendThreshold(gallery, { targetFpir: target, cohort });
      const rate = distances.filter((distance) => distance <= maxDistance).length / distances.length;
      if (rate <= target) kept++;
    }
    expect(kept / runs).toBeGreaterThan(0.85);
  });

  it('refuses what too few searches cannot promise, with the number that it takes', () => {
    const gallery = syntheticFaces({ people: 5, faces: 4, seed: 6 });
    const attempt = () => recommendThreshold(gallery, { targetFpir: 0.001 });
    expect(attempt).toThrow(FaceTriggerError);
    expect(attempt).toThrow(/from 2995 .* but there are 20: .* target of 0\.1392 or more/);
    expect(recommendThreshold(gallery, { targetFpir: 0.1392 }).upperBound).toBeLessThanOrEqual(0.1392);
  });

  it('counts one pair for each two people when the target is a false match rate', () => {
    const gallery = syntheticFaces({ people: 30, faces: 3, seed: 7 });
    const result = recommendThreshold(gallery, { targetFmr: 0.01 });
    expect(result.falseAccepts.trials).toBe((30 * 29) / 2);
    expect(result.misses!.trials).toBe(30 * 3);
    expect(() => recommendThreshold(gallery.slice(0, 15), { targetFmr: 0.01 })).toThrow(
      /from 299 pairs .* there are 10/,
    );
  });

  it('leaves out faces that were not found and does not promise misses it cannot see', () => {
    const gallery = syntheticFaces({ people: 100, faces: 1, seed: 8 });
    const result = recommendThreshold([...gallery, { id: 'x', person: 'Eve', embedding: null }], {
      targetFpir: 0.05,
    });
    expect(result.people).toBe(100);
    expect(result.misses).toBeNull();
  });

  it('refuses a wrong call', () => {
    const gallery = syntheticFaces({ people: 3, faces: 2, seed: 9 });
    expect(() => recommendThreshold(gallery, {})).toThrow(/one of targetFpir and targetFmr/);
    expect(() => recommendThreshold(gallery, { targetFpir: 0.1, targetFmr: 0.1 })).toThrow(/one of/);
    expect(() => recommendThreshold(gallery, { targetFpir: 1 })).toThrow(/between 0 and 1/);
    expect(() => recommendThreshold(gallery.slice(0, 2), { targetFpir: 0.5 })).toThrow(/two or more people/);
    expect(() => recommendThreshold(gallery, { targetFpir: 0.5, cohort: gallery })).toThrow(
      /outside the gallery/,
    );
  });
});
