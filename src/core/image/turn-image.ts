import { type QuarterTurn, turnedSize } from '../geometry/quarter-turn.ts';
import { assertImage, type Image } from './image.ts';

/**
 * Turns an image.
 *
 * @param turn - degrees clockwise
 * @returns a new image; the very same object for 0
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`
 */
export function turnImage(image: Image, turn: QuarterTurn): Image {
  assertImage(image);
  if (turn === 0) return image;
  const { data: from, channels } = image;
  const { width, height } = turnedSize(image, turn);
  const data = new Uint8Array(from.length);
  // The place in the image of the turned image's first pixel, and how far its neighbors to the right and below are.
  const [first, right, down] = {
    90: [(image.height - 1) * image.width, -image.width, 1],
    180: [image.height * image.width - 1, -1, -image.width],
    270: [image.width - 1, image.width, -1],
  }[turn] as [number, number, number];
  for (let y = 0, to = 0; y < height; y++) {
    let source = (first + y * down) * channels;
    for (let x = 0; x < width; x++, source += right * channels, to += channels) {
      data[to] = from[source]!;
      if (channels === 1) continue;
      data[to + 1] = from[source + 1]!;
      data[to + 2] = from[source + 2]!;
    }
  }
  return { data, width, height, channels };
}
