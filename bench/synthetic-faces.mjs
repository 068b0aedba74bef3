import { createRandom } from '../dist/random/random.js';

/** As dlib's embeddings: two photos of one person lie about 0.40 apart, photos of two people about 0.85. */
const CENTRE_SPREAD = 0.85 / Math.SQRT2;
const PHOTO_SPREAD = 0.4 / Math.SQRT2;
/**
 * Variance falls by e with every so many principal directions. That is a participation ratio of 40 dimensions; dlib's
 * embeddings of 300 people of lfw-dev have 28, and none of their variance beyond the 80th direction. So this is
 * somewhat harder for an approximate index than real faces. Variance alike in all 128 (`Infinity`) is far harder than
 * any: in such a cloud everybody is nearly as far away as everybody else.
 */
const DECAY = 20;

/**
 * Embeddings of people who do not exist: a Gaussian centre for each and photos scattered about it.
 *
 * @param {{ seed: number, dimension?: number, decay?: number }} options
 * @returns functions that make the next person's centre and a photo of a centre
 */
export function syntheticFaces({ seed, dimension = 128, decay = DECAY }) {
  const random = createRandom(seed);
  const variances = Array.from({ length: dimension }, (_, i) => Math.exp(-i / decay));
  const total = variances.reduce((sum, variance) => sum + variance, 0);
  const scales = variances.map((variance) => Math.sqrt(variance / total));
  const draw = (spread) => scales.map((scale) => random.normal() * scale * spread);
  return {
    person: () => Float32Array.from(draw(CENTRE_SPREAD)),
    photo: (person) => {
      const shift = draw(PHOTO_SPREAD);
      return person.map((value, i) => value + shift[i]);
    },
  };
}
