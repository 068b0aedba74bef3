import { createRandom } from '../dist/core/random/random.js';

const DIMENSION = 128;

/**
 * Shape of dlib's embeddings, so that neighbors are as hard to find as among real faces: root mean square distances
 * of photos, the directions that vary at all, and the directions after which variance has fallen by e. Chosen so that
 * bench/accuracy/embedding-shape.mjs tells the same distances as of lfw-dev and no fewer dimensions about a face.
 */
const SHAPE = {
  directions: 80,
  strangers: { distance: 0.815, decay: 12 },
  onePerson: { distance: 0.427, decay: 30 },
};

/**
 * Embeddings of people who do not exist: a Gaussian center for each and photos scattered about it.
 *
 * @param {{ seed: number }} options
 * @returns functions that make the next person's center and a photo of a center
 */
export function syntheticFaces({ seed }) {
  const random = createRandom(seed);
  const { strangers, onePerson } = SHAPE;
  const center = deviations(strangers.distance ** 2 - onePerson.distance ** 2, strangers.decay);
  const scatter = deviations(onePerson.distance ** 2, onePerson.decay);
  const add = (vector, scales) => {
    for (const [i, scale] of scales.entries()) vector[i] += random.normal() * scale;
    return vector;
  };
  return {
    person: () => add(new Float32Array(DIMENSION), center),
    photo: (person) => add(person.slice(), scatter),
  };
}

/** Standard deviations of vectors whose mean squared distance from each other is `squared`. */
function deviations(squared, decay) {
  const variances = Array.from({ length: SHAPE.directions }, (_, i) => Math.exp(-i / decay));
  const total = variances.reduce((sum, variance) => sum + variance, 0);
  return variances.map((variance) => Math.sqrt((squared / 2) * (variance / total)));
}
