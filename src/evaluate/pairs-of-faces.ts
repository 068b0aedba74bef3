import { createRandom } from '../core/random/random.ts';
import type { PairScores } from './pair-scores.ts';

/** A face that somebody said the person of. */
export interface KnownFace {
  readonly person: string;
  readonly embedding: Float32Array;
}

/**
 * Compares faces, each with each.
 *
 * @param options.mostPairs - of more, a share of the strangers' pairs is drawn, the same in every call; every pair of one
 * person stays. @defaultValue all
 * @returns distances; of either kind there may be none
 */
export function pairsOfFaces(
  faces: readonly KnownFace[],
  distance: (a: Float32Array, b: Float32Array) => number,
  { mostPairs = Number.POSITIVE_INFINITY }: { readonly mostPairs?: number | undefined } = {},
): PairScores {
  const genuine: number[] = [];
  const impostor: number[] = [];
  const count = (faces.length * (faces.length - 1)) / 2;
  const share = Math.min(1, mostPairs / count);
  const random = createRandom(0);
  for (const [i, a] of faces.entries()) {
    for (let j = 0; j < i; j++) {
      const b = faces[j]!;
      if (a.person === b.person) genuine.push(distance(a.embedding, b.embedding));
      else if (share === 1 || random.next() < share) impostor.push(distance(a.embedding, b.embedding));
    }
  }
  return { genuine: Float64Array.from(genuine), impostor: Float64Array.from(impostor) };
}
