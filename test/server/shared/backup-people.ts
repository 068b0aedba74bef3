import { openGallery } from '../../../src/gallery/open-gallery.ts';
import { DLIB_FACTS } from '../../../src/models/dlib/dlib-facts.ts';
import { syntheticPeople, TEST_EMBEDDER } from '../../gallery/synthetic-people.ts';

/** Enrolls people until there are as many. */
export async function addIn(url: string, count: number): Promise<void> {
  await using gallery = await openGallery(url, { embedder: TEST_EMBEDDER, distances: DLIB_FACTS });
  const { people } = await gallery.stats();
  for (const [i, [embedding]] of syntheticPeople(count, 1).entries()) {
    if (i >= people) await gallery.enroll({ name: `Person ${i}` }, [{ embedding: embedding! }]);
  }
}
