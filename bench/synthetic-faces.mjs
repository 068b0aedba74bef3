import { createRandom } from '../dist/random/random.js';

/** As dlib's embeddings: two photos of one person lie about 0.40 apart, photos of two people about 0.85. */
const CENTRE_SPREAD = 0.85 / Math.SQRT2;
const PHOTO_SPREAD = 0.4 / Math.SQRT2;

/**
 * Embeddings of people who do not exist: a Gaussian centre for each and photos scattered about it, every
 * dimension alike. Real embeddings fill fewer dimensions, so an approximate index has a harder time here.
 *
 * @param {{ seed: number, dimension?: number }} options
 * @returns functions that make the next person's centre and a photo of a centre
 */
export function syntheticFaces({ seed, dimension = 128 }) {
  const random = createRandom(seed);
  const scatter = (spread) => {
    const scale = spread / Math.sqrt(dimension);
    return () => random.normal() * scale;
  };
  const centre = scatter(CENTRE_SPREAD);
  const shift = scatter(PHOTO_SPREAD);
  return {
    person: () => Float32Array.from({ length: dimension }, centre),
    photo: (person) => person.map((value) => value + shift()),
  };
}
