import { createRandom } from '../../src/core/random/random.ts';
import type { GalleryEmbedder } from '../../src/gallery/gallery-types.ts';

/** An embedder that exists for the tests only. */
export const TEST_EMBEDDER: GalleryEmbedder = {
  id: 'test-embedder',
  sha256: 'ab'.repeat(32),
  dimension: 128,
};

/** People whom the processes of gallery-child.ts look for under load. */
export const LOADED_PEOPLE = 1020;

/** Length of an embedding and distances as dlib's: photos of one person about 0.4 apart, of two about 0.85. */
const CENTER_SPREAD = 0.85 / Math.SQRT2;
const PHOTO_SPREAD = 0.4 / Math.SQRT2;

/**
 * Makes embeddings of people who do not exist: a random center each, and photos scattered about it.
 *
 * @returns [people][photos] embeddings
 */
export function syntheticPeople(
  people: number,
  photos: number,
  { seed = 1, dimension = TEST_EMBEDDER.dimension }: { seed?: number; dimension?: number } = {},
): Float32Array[][] {
  const random = createRandom(seed);
  const scatter = (spread: number) => (): number => (random.normal() * spread) / Math.sqrt(dimension);
  return Array.from({ length: people }, () => {
    const center = Float32Array.from({ length: dimension }, scatter(CENTER_SPREAD));
    const shift = scatter(PHOTO_SPREAD);
    return Array.from({ length: photos }, () => center.map((value) => value + shift()));
  });
}
