import type { ChipTemplate } from '../core/align/chip-template.ts';
import type { Point } from '../core/geometry/point.ts';
import { ARCFACE_FIVE_POINTS } from '../core/landmark/arcface-five-points.ts';

/** Side of the chip that the places below are pixels of. */
export const ARCFACE_CHIP_SIZE = 112;

/**
 * Where the five points lie in a chip of 112 x 112 pixels.
 *
 * @remarks Source: insightface, python-package/insightface/utils/face_align.py, `arcface_dst`.
 */
export const ARCFACE_PLACES: readonly Point[] = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];

/**
 * Where the points of dlib's 5-point model ("dlib-5", in its order) lie in the same chip: means over 250 people of
 * Labeled Faces in the Wild who are in none of View 2's pairs, their chips cut by a detector's own five points.
 */
const DLIB_PLACES: readonly Point[] = [
  [79.87, 52.99],
  [66.07, 53.4],
  [31.14, 53.36],
  [44.96, 53.51],
  [55.66, 79.62],
];

/**
 * The chip of ArcFace and its kin.
 *
 * @param size - a multiple of 112, or one of 128 of which 8 pixels at either side are beside the chip of 112
 */
export function arcfaceChip(size = ARCFACE_CHIP_SIZE): ChipTemplate {
  // insightface's rule: `ratio = size / 112, shift 0`, or else `ratio = size / 128, shift 8 * ratio`.
  const isWide = size % 112 !== 0 && size % 128 === 0;
  const [side, shift] = isWide ? [128, 8] : [112, 0];
  const scaled = (places: readonly Point[]) => places.map(([x, y]): Point => [(x + shift) / side, y / side]);
  return {
    size,
    layout: ARCFACE_FIVE_POINTS,
    points: scaled(ARCFACE_PLACES),
    fit: 'affine',
    others: [{ layout: 'dlib-5', points: scaled(DLIB_PLACES) }],
  };
}
