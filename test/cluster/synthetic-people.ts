import type { ClusterFace, ClusterOptions, ClusterResult } from '../../src/cluster/cluster-types.ts';
import { createRandom } from '../../src/core/random/random.ts';

/** Distances as dlib's embedder has them, by the numbers of its profile. */
export const PROFILE: ClusterOptions['profile'] = {
  metric: 'euclidean',
  evidence: {
    fast: { midpoint: 0.629, scale: 50.8, perReference: 1.48 },
    balanced: { midpoint: 0.606, scale: 56.6, perReference: 1.71 },
    best: { midpoint: 0.597, scale: 57, perReference: 1.79 },
  },
};

/** A face of a person who does not exist. */
export interface SyntheticFace extends ClusterFace {
  /** Who it truly is. */
  readonly person: number;
}

/**
 * People far apart and photos near them, both along all directions alike.
 *
 * @param counts - faces of each person
 * @param options.spread - mean distance of two photos of one person. @defaultValue 0.35
 * @param options.apart - mean distance of two people's photos. @defaultValue 0.85
 */
export function syntheticPeople(
  counts: readonly number[],
  { seed = 1, dimension = 64, spread = 0.35, apart = 0.85 } = {},
): SyntheticFace[] {
  const random = createRandom(seed);
  const scatter = spread / Math.sqrt(2 * dimension);
  const width = Math.sqrt(apart ** 2 - spread ** 2) / Math.sqrt(2 * dimension);
  return counts.flatMap((count, person) => {
    const center = Array.from({ length: dimension }, () => random.normal() * width);
    return Array.from({ length: count }, (_, i) => ({
      id: `${person}-${i}`,
      person,
      embedding: Float32Array.from(center, (value) => value + random.normal() * scatter),
    }));
  });
}

/** The same faces with something known of some of them. */
export function withKnowledge(
  faces: readonly SyntheticFace[],
  known: Readonly<Record<string, Partial<ClusterFace>>>,
): SyntheticFace[] {
  return faces.map((face) => ({ ...face, ...known[face.id] }));
}

/** The group of each face by its id; a face that stands alone has none. */
export function groupsOf({ groups }: ClusterResult): Map<string, string> {
  return new Map(groups.flatMap(({ id, faceIds }) => faceIds.map((face) => [face, id])));
}
