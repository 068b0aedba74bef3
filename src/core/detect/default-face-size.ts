import { invalidArgument } from '../errors.ts';
import { DEFAULT_MAX_PIXELS, MAX_SCALED_SIDE } from './plan-scale.ts';

/** Pictures of so many pixels and fewer are searched for {@link SMALLEST_DEFAULT_FACE} unless told otherwise. */
export const SMALL_PICTURE_PIXELS = 200_000;
/** Sides of faces in pixels that are looked for in small pictures, and in those that are neither small nor very large. */
export const SMALLEST_DEFAULT_FACE = 40;
export const USUAL_DEFAULT_FACE = 80;

/**
 * Side of the smallest face that is looked for in a picture unless a size is asked for.
 *
 * @param picture - its size in pixels
 * @param minFaceSize - what was asked for; it is the answer where it is given
 * @returns whole pixels of the picture: 40 up to {@link SMALL_PICTURE_PIXELS}, then growing as the picture's sides do
 * up to 80, and from {@link DEFAULT_MAX_PIXELS} on growing again
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a picture without pixels
 * @remarks It grows no faster than the picture: a smaller copy of a picture shows no face that the picture itself does
 * not. The growth keeps what the search of a picture below 0.8 megapixels costs below that of one of 0.8 (figures in
 * docs/accuracy.md).
 */
export function searchedFaceSize(
  picture: { readonly width: number; readonly height: number },
  minFaceSize?: number,
): number {
  if (minFaceSize !== undefined) return minFaceSize;
  const pixels = picture.width * picture.height;
  if (!(pixels >= 1)) throw invalidArgument('a picture of at least one pixel', 'picture', picture);
  const small = SMALLEST_DEFAULT_FACE * Math.max(1, Math.sqrt(pixels / SMALL_PICTURE_PIXELS));
  const large = USUAL_DEFAULT_FACE * Math.max(1, Math.sqrt(pixels / DEFAULT_MAX_PIXELS));
  // A strip of a few pixels by thousands would be longer than is searched.
  const long = (USUAL_DEFAULT_FACE * Math.max(picture.width, picture.height)) / MAX_SCALED_SIDE;
  return Math.ceil(Math.max(Math.min(small, large), long));
}
