import { FaceTriggerError, invalidArgument } from '../errors.ts';
import type { Image } from '../image/image.ts';

/** Without a `minFaceSize`, images of more pixels are shrunk to this many before detection. */
export const DEFAULT_MAX_PIXELS = 4_000_000;
/** More pixels than this, after scaling to the wanted face size, are refused. */
export const MAX_SCALED_PIXELS = 24_000_000;
/**
 * Longest side after scaling; longer ones are refused, or shrunk without a `minFaceSize`. The pyramid has a border
 * of 11 pixels, which would outgrow the picture itself in one of a few pixels by millions.
 */
export const MAX_SCALED_SIDE = 65_535;

/**
 * Chooses the scale at which an image is searched.
 *
 * @param window - side of the smallest face that the detector itself sees, in pixels
 * @param minFaceSize - side of the smallest face wanted, in pixels of the image
 * @returns factor of the sides
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, or `ERR_IMAGE_TOO_LARGE` with the smallest size that works
 */
export function planScale(
  image: Pick<Image, 'width' | 'height'>,
  window: number,
  minFaceSize?: number,
): number {
  const pixels = image.width * image.height;
  const longest = Math.max(image.width, image.height);
  if (minFaceSize === undefined) {
    return Math.min(1, Math.sqrt(DEFAULT_MAX_PIXELS / pixels), MAX_SCALED_SIDE / longest);
  }
  if (!(typeof minFaceSize === 'number' && minFaceSize >= 10 && minFaceSize <= 10_000)) {
    throw invalidArgument('a number of pixels from 10 to 10000', 'options.minFaceSize', minFaceSize);
  }
  const largestScale = Math.min(Math.sqrt(MAX_SCALED_PIXELS / pixels), MAX_SCALED_SIDE / longest);
  const scale = window / minFaceSize;
  if (scale > largestScale) {
    let least = Math.ceil(window / largestScale);
    // At most one step: over a rounding of the division.
    while (window / least > largestScale) least += 1;
    throw new FaceTriggerError(
      'ERR_IMAGE_TOO_LARGE',
      `An image of ${image.width} x ${image.height} cannot be searched for faces of ${minFaceSize} pixels: ` +
        `use a minFaceSize of at least ${least}, or a part of the image`,
    );
  }
  return scale;
}
