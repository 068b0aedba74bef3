import { assertImage, type Image } from './image.ts';

/** Between black and white: an edge that looks like neither light nor shadow. */
const GRAY = 127;

/**
 * Puts an even gray border around an image.
 *
 * @param border - pixels at each side, an integer >= 0
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`
 */
export function frameImage(image: Image, border: number): Image {
  assertImage(image);
  const { channels } = image;
  const width = image.width + 2 * border;
  const height = image.height + 2 * border;
  const data = new Uint8Array(width * height * channels).fill(GRAY);
  const rowBytes = image.width * channels;
  for (let y = 0; y < image.height; y++) {
    const row = image.data.subarray(y * rowBytes, (y + 1) * rowBytes);
    data.set(row, ((y + border) * width + border) * channels);
  }
  return { data, width, height, channels };
}
