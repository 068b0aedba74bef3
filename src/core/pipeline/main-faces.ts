import type { Box } from '../geometry/box.ts';

/** Who is smaller than this share of the largest face stands in the background. */
const LEAST_SHARE = 0.5;

/**
 * The faces of a photo that may be whom it is a photo of: those at least half as large as the largest. Smaller ones are
 * passers-by, who do not make a portrait one of several people.
 *
 * @returns in the order given
 */
export function mainFaces<Face extends { readonly box: Box }>(faces: readonly Face[]): Face[] {
  const largest = faces.reduce((side, { box }) => Math.max(side, box.width), 0);
  return faces.filter(({ box }) => box.width >= LEAST_SHARE * largest);
}
