import { assertImage, type Image } from './image.ts';

/**
 * Mirrors an image: its left side becomes the right side.
 *
 * @returns a new image of the same size and channels
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`
 */
export function flipHorizontal(image: Image): Image {
  assertImage(image);
  const { data: from, width, height, channels } = image;
  const data = new Uint8Array(from.length);
  for (let y = 0; y < height; y++) {
    const row = y * width * channels;
    for (let x = 0; x < width; x++) {
      const source = row + x * channels;
      const target = row + (width - 1 - x) * channels;
      data[target] = from[source]!;
      if (channels === 3) {
        data[target + 1] = from[source + 1]!;
        data[target + 2] = from[source + 2]!;
      }
    }
  }
  return { data, width, height, channels };
}
