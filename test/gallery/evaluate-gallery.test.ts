import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random/random.ts';
import { searchGallery } from '../../src/evaluate/search-outcome.ts';
import { evaluateGallery } from '../../src/gallery/evaluate-gallery.ts';
import type { Gallery } from '../../src/gallery/gallery.ts';
import { sampleFaces } from '../../src/gallery/sample-faces.ts';
import { syntheticPeople } from './synthetic-people.ts';
import { temporaryGalleries } from './temporary-gallery.ts';

const galleries = temporaryGalleries();

async function filled(people: number, photos: number): Promise<Gallery> {
  const gallery = await galleries.open();
  for (const [i, embeddings] of syntheticPeople(people, photos).entries()) {
    const { id } = await gallery.createPerson({ name: `Person ${i}` });
    await gallery.addFaces(
      id,
      embeddings.map((embedding) => ({ embedding })),
    );
  }
  return gallery;
}

describe('evaluateGallery', () => {
  it('counts the errors that searches without the photo and without the person give', async () => {
    const gallery = await filled(12, 3);
    const { embeddings, labels } = await gallery.trainingSet();
    const faces = embeddings.map((embedding, i) => ({ id: String(i), person: labels[i]!, embedding }));
    const own = searchGallery(faces, faces);
    const strangers = searchGallery(faces, faces, { leaveOut: 'person' });
    const result = await evaluateGallery(gallery);
    expect(result).toMatchObject({ faces: 36, tried: 36, ownSearches: 36 });
    for (const { maxDistance, fmr, fnmr } of result.thresholds) {
      expect(fmr.count).toBe(strangers.filter(({ best }) => best!.distance <= maxDistance).length);
      expect(fnmr.count).toBe(
        own.filter(({ rank, ownDistance }) => rank !== 1 || ownDistance! > maxDistance).length,
      );
    }
    const binned = result.histogram.reduce((sum, bin) => sum + bin.own + bin.strangers, 0);
    expect(binned).toBe(72);
    expect(result.nearestStrangers[0]!.distance).toBeCloseTo(
      Math.min(...strangers.map(({ best }) => best!.distance)),
      5,
    );
  });

  it('says what is missing where there are too few photos', async () => {
    await expect(evaluateGallery(await galleries.open())).rejects.toMatchObject({
      code: 'ERR_TOO_FEW_SAMPLES',
    });
    await expect(evaluateGallery(await filled(1, 20))).rejects.toThrow(
      'there are 20 such photos of 1 person',
    );
    await expect(evaluateGallery(await filled(20, 1))).rejects.toThrow(
      'there are 0 such photos of 20 people',
    );
  });

  it('tries as many photos as it is told, and ends when it is told', async () => {
    const gallery = await filled(20, 3);
    expect(await evaluateGallery(gallery, { sample: 15 })).toMatchObject({ faces: 60, tried: 15 });
    const signal = AbortSignal.abort();
    await expect(evaluateGallery(gallery, { signal })).rejects.toMatchObject({ code: 'ERR_ABORTED' });
  });
});

describe('sampleFaces', () => {
  it('gives every face the same chance', async () => {
    const gallery = await filled(10, 2);
    const drawn = new Map<string, number>();
    const random = createRandom(3);
    for (let round = 0; round < 400; round++) {
      const { ids, total } = await sampleFaces(gallery, { count: 5, random });
      expect(total).toBe(20);
      expect(new Set(ids).size).toBe(5);
      for (const id of ids) drawn.set(id, (drawn.get(id) ?? 0) + 1);
    }
    // 400 draws of 5 from 20: 100 each, standard deviation 8.7; five of them either way.
    expect(drawn.size).toBe(20);
    for (const times of drawn.values()) expect(Math.abs(times - 100)).toBeLessThan(44);
  });
});
