import type { Sides } from './mwg-regions.ts';
import { type StoredPicture, shownSides } from './stored-picture.ts';

/**
 * Which picture regions were made for: `stored`, as the guidelines say; `upright`, by a program that turned the picture
 * in its head and did not say so; `another`, such as the picture before it was cropped.
 */
export type RegionFrame = 'stored' | 'upright' | 'another';

/** Sides of a preview or of a picture that was made smaller are rounded. */
const SAME_SHAPE = 0.02;

/** Tells it by the sides that were written down with the regions; without any, they are believed to be right. */
export function frameOf(appliedTo: Sides | null, picture: StoredPicture): RegionFrame {
  if (!appliedTo || isOfShape(appliedTo, picture)) return 'stored';
  return isOfShape(appliedTo, shownSides(picture)) ? 'upright' : 'another';
}

function isOfShape(a: Sides, b: Sides): boolean {
  return Math.abs((a.width * b.height) / (a.height * b.width) - 1) <= SAME_SHAPE;
}
