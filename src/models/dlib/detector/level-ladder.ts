/** How an image is scaled for one level of its pyramid: 0 is the image itself, above it is shrunk, below enlarged. */
export interface Ladder {
  /** From one level to the next, below 1. */
  readonly ratio: number;
}

/** dlib's pyramid. */
export const FINE_LADDER: Ladder = { ratio: 5 / 6 };
/**
 * Every second of dlib's levels. A window still answers to faces 20 % larger or smaller than itself, and clear faces
 * score ten times what is needed (docs/accuracy.md).
 */
export const COARSE_LADDER: Ladder = { ratio: 25 / 36 };

/**
 * The level nearest to a scale.
 *
 * @param scale - of the sides; above 1 enlarges
 * @remarks The rungs are the same for every size that is asked for. So a search for smaller faces looks at all that a
 * search for larger ones looked at, and at more.
 */
export function nearestLevel(scale: number, { ratio }: Ladder): number {
  // Not -0.
  return Math.round(Math.log(scale) / Math.log(ratio)) + 0;
}

/** Size of an image at a level, in pixels. */
export function levelSize(
  image: { readonly width: number; readonly height: number },
  level: number,
  { ratio }: Ladder,
): { readonly width: number; readonly height: number } {
  const scale = ratio ** level;
  return {
    width: Math.max(1, Math.round(image.width * scale)),
    height: Math.max(1, Math.round(image.height * scale)),
  };
}
