import { describe, expect, it } from 'vitest';
import { identifyInGallery } from '../../src/gallery/identify-in-gallery.ts';
import { syntheticPeople } from './synthetic-people.ts';
import { temporaryGalleries } from './temporary-gallery.ts';

const { open } = temporaryGalleries();

describe('identifyInGallery', () => {
  it('names the nearest person who is near and probable enough, and tells the others', async () => {
    const gallery = await open();
    const people = syntheticPeople(5, 2);
    expect(await identifyInGallery(gallery, people[0]![0]!)).toEqual({
      label: null,
      probability: 0,
      distance: null,
      candidates: [],
    });
    for (const [i, photos] of people.entries()) {
      const { id } = await gallery.createPerson({ name: `P${i}` });
      await gallery.addFaces(id, [{ embedding: photos[0]! }]);
    }
    const probe = people[3]![1]!;
    const found = await identifyInGallery(gallery, probe);
    const [best] = await gallery.search(probe, { limit: 1 });
    expect(found).toMatchObject({
      label: 'P3',
      probability: best!.probability,
      distance: best!.distance,
      candidates: [{ label: 'P3' }, {}, {}],
    });
    const limits = [
      { maxDistance: found.distance! - 0.001 },
      { minProbability: 1 },
      { maxDistance: found.distance!, minProbability: found.probability },
    ];
    const labels = [];
    for (const limit of limits) labels.push((await identifyInGallery(gallery, probe, limit)).label);
    expect(labels).toEqual([null, null, 'P3']);
    for (const wrong of [{ maxDistance: -1 }, { minProbability: 2 }]) {
      await expect(identifyInGallery(gallery, probe, wrong)).rejects.toMatchObject({
        code: 'ERR_INVALID_ARGUMENT',
      });
    }
  });
});
