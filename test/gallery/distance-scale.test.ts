import { describe, expect, it } from 'vitest';
import { evaluateGallery } from '../../src/gallery/evaluate-gallery.ts';
import { identifyInGallery } from '../../src/gallery/identify-in-gallery.ts';
import { findSharedFaces } from '../../src/gallery/shared-faces.ts';
import { DLIB_FACTS } from '../../src/models/dlib/dlib-facts.ts';
import { syntheticPeople, TEST_EMBEDDER } from './synthetic-people.ts';
import { temporaryGalleries } from './temporary-gallery.ts';

const { openIn } = temporaryGalleries();
const open = openIn('memory');
const LENGTH = DLIB_FACTS.lengthRule.length;
const evened = (embedding: Float32Array): Float32Array => {
  const length = Math.hypot(...embedding);
  return embedding.map((value) => (value / length) * LENGTH);
};
/** As dlib's, embeddings lie about a common point far from zero: those of the tests are about 0.66 long without it. */
const COMMON = Math.sqrt((LENGTH ** 2 - 0.66 ** 2) / TEST_EMBEDDER.dimension);
const people = syntheticPeople(25, 4).map((photos) =>
  photos.map((photo) => evened(photo.map((value) => value + COMMON))),
);

async function bothMetrics() {
  const galleries = [await open({ metric: 'euclidean' }), await open({ metric: 'cosine' })] as const;
  for (const gallery of galleries) {
    for (const [i, photos] of people.slice(0, 20).entries()) {
      const faces = photos.slice(0, 3).map((embedding) => ({ embedding }));
      await gallery.enroll({ name: `P${i}` }, faces);
    }
  }
  return galleries;
}

describe('a gallery in cosine', () => {
  it('has thresholds in its own metric, which mean the same', async () => {
    const [euclidean, cosine] = await bothMetrics();
    expect(euclidean.thresholds).toEqual(DLIB_FACTS.thresholds);
    for (const [name, distance] of Object.entries(euclidean.thresholds)) {
      const own = cosine.thresholds[name as keyof typeof cosine.thresholds];
      expect(LENGTH * Math.sqrt(2 * own)).toBeCloseTo(distance, 10);
    }
  });

  it('names whom the same gallery in Euclidean distances names, with the same probability', async () => {
    const [euclidean, cosine] = await bothMetrics();
    let known = 0;
    for (const photos of people) {
      const [one, other] = [
        await identifyInGallery(euclidean, photos[3]!),
        await identifyInGallery(cosine, photos[3]!),
      ];
      expect(other.label).toBe(one.label);
      expect(other.probability).toBeCloseTo(one.probability, 3);
      expect(LENGTH * Math.sqrt(2 * other.distance!)).toBeCloseTo(one.distance!, 3);
      if (one.label) known++;
    }
    // Both answers occur: five of the people were never enrolled.
    expect(known).toBeGreaterThan(10);
    expect(known).toBeLessThan(people.length);
  });

  it('warns of nearer people and knows photos again at the same distances', async () => {
    const galleries = await bothMetrics();
    const [mine, saved] = [
      people[21]![0]!,
      evened(people[21]![0]!.map((value, i) => value + (i === 3 ? 0.04 : 0))),
    ];
    for (const gallery of galleries) {
      const { faces } = await gallery.enroll({ name: 'New' }, [{ embedding: mine }, { embedding: saved }]);
      expect(faces.map(({ alreadyThere }) => alreadyThere)).toEqual([false, true]);
      const wrong = await gallery.enroll({ name: 'Wrong' }, [{ embedding: people[2]![3]! }]);
      expect(wrong.faces[0]!.nearerPerson).toMatchObject({ name: 'P2', samePhoto: false });
      const shared = await findSharedFaces(
        gallery,
        { embeddings: [mine], labels: ['Another'] },
        TEST_EMBEDDER,
      );
      expect(shared.map(({ names }) => names)).toEqual([['Another', 'New']]);
    }
  });

  it('is evaluated over all distances that strangers have', async () => {
    const [euclidean, cosine] = await Promise.all(
      (await bothMetrics()).map((gallery) => evaluateGallery(gallery)),
    );
    expect(euclidean!.thresholds.at(-1)!.maxDistance).toBe(1.2);
    expect(euclidean!.thresholds[55]!.maxDistance).toBe(0.56);
    for (const { thresholds, histogram } of [euclidean!, cosine!]) {
      expect(thresholds).toHaveLength(120);
      expect(thresholds[0]!.fmr.count).toBe(0);
      expect(thresholds.at(-1)!.fnmr.count).toBe(0);
      // Own faces and strangers lie in bars of their own: the chart shows something.
      expect(histogram.filter(({ own, strangers }) => own > strangers).length).toBeGreaterThan(3);
      expect(histogram.filter(({ own, strangers }) => strangers > own).length).toBeGreaterThan(3);
    }
    expect(cosine!.equalError.rate).toBeCloseTo(euclidean!.equalError.rate, 5);
  });
});
