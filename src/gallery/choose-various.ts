/** A face among which some are chosen. */
export interface ChoosableFace {
  readonly embedding: Float32Array;
  /** 0 .. 1. */
  readonly quality: number;
}

/**
 * Keeps the best and most various of some faces: of the two that are most alike, relative to their quality, the poorer
 * goes, until so many are left.
 *
 * @param distance - between two embeddings
 * @returns best first
 */
export function chooseVarious<Face extends ChoosableFace>(
  faces: readonly Face[],
  most: number,
  distance: (a: Float32Array, b: Float32Array) => number,
): Face[] {
  const kept = [...faces].sort((a, b) => b.quality - a.quality);
  while (kept.length > most) {
    // The best one always stays; of the rest goes whoever adds least: poor, or like a better one.
    let least = kept.length - 1;
    let leastWorth = Number.POSITIVE_INFINITY;
    for (let i = 1; i < kept.length; i++) {
      let nearest = Number.POSITIVE_INFINITY;
      for (let j = 0; j < i; j++)
        nearest = Math.min(nearest, distance(kept[i]!.embedding, kept[j]!.embedding));
      const worth = nearest * kept[i]!.quality;
      if (worth < leastWorth) {
        leastWorth = worth;
        least = i;
      }
    }
    kept.splice(least, 1);
  }
  return kept;
}
