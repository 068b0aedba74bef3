import { expectation, FaceTriggerError, invalidArgument } from '../errors.ts';
import type { Box } from '../geometry/box.ts';
import { assertImage, type Image } from './image.ts';

/**
 * Cuts a rectangle out of an image.
 *
 * @param box - in pixels of the image; edges are rounded to whole pixels, and parts outside the image are left out
 * @returns a new image of the size of what lies inside
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`; `ERR_INVALID_ARGUMENT` if the box and the image do not overlap
 */
export function cropImage(image: Image, box: Box): Image {
  assertImage(image);
  if (![box.left, box.top, box.width, box.height].every(Number.isFinite)) {
    throw invalidArgument('a box of four finite numbers', 'box', box);
  }
  const left = Math.max(0, Math.round(box.left));
  const top = Math.max(0, Math.round(box.top));
  const right = Math.min(image.width, Math.round(box.left + box.width));
  const bottom = Math.min(image.height, Math.round(box.top + box.height));
  if (right <= left || bottom <= top) {
    const expected = `a box that overlaps the image of ${image.width} x ${image.height}`;
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', expectation(expected, 'box', box));
  }
  const { channels } = image;
  const width = right - left;
  const height = bottom - top;
  const rowBytes = width * channels;
  const data = new Uint8Array(height * rowBytes);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * channels;
    data.set(image.data.subarray(from, from + rowBytes), y * rowBytes);
  }
  return { data, width, height, channels };
}
