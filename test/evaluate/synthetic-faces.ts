import { createRandom } from '../../src/core/random/random.ts';
import type { NamedFace } from '../../src/evaluate/search-outcome.ts';

/** Faces of made-up people: each person a random center, each face the center with noise around it. */
export function syntheticFaces(options: {
  people: number;
  faces: number;
  seed: number;
  /** Standard deviation of a face around its person, where people lie 1 apart per coordinate. @defaultValue 0.3 */
  noise?: number;
  prefix?: string;
}): NamedFace[] {
  const { people, faces, seed, noise = 0.3, prefix = 'person' } = options;
  const random = createRandom(seed);
  const dimension = 16;
  return Array.from({ length: people }, (_, p) => {
    const center = Float64Array.from({ length: dimension }, () => random.normal());
    return Array.from({ length: faces }, (_, f) => ({
      id: `${prefix}${p}/${f}`,
      person: `${prefix}${p}`,
      embedding: Float32Array.from(center, (value) => value + noise * random.normal()),
    }));
  }).flat();
}
