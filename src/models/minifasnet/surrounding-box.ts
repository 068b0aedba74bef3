import { invalidArgument } from '../../core/errors.ts';
import type { Box } from '../../core/geometry/box.ts';
import type { Size } from '../../core/geometry/quarter-turn.ts';

/**
 * What MiniFASNet is shown of a picture: the face and what surrounds it.
 *
 * @param face - must have an area; may reach over the border
 * @param scale - how many times as wide and high as the face, less where the picture is smaller
 * @returns whole pixels inside the picture, shifted where the face is near the border
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`
 * @remarks Source: github.com/minivision-ai/Silent-Face-Anti-Spoofing, src/generate_patches.py, which counts the last
 * pixel in and cuts edges down.
 */
export function surroundingBox(face: Box, picture: Size, scale: number): Box {
  const sides = [face.left, face.top, face.width, face.height];
  if (!sides.every(Number.isFinite) || face.width <= 0 || face.height <= 0) {
    throw invalidArgument('a box of four finite numbers with an area', 'box', face);
  }
  const fitting = Math.min((picture.height - 1) / face.height, (picture.width - 1) / face.width, scale);
  const [left, width] = span(face.left + face.width / 2, face.width * fitting, picture.width);
  const [top, height] = span(face.top + face.height / 2, face.height * fitting, picture.height);
  return { left, top, width, height };
}

/** First pixel and length of a part of a line of `size` pixels, whose last pixel is counted in. */
function span(middle: number, length: number, size: number): [number, number] {
  let first = middle - length / 2;
  let last = middle + length / 2;
  if (first < 0) {
    last -= first;
    first = 0;
  }
  // What is as long as the line ends at its last pixel exactly, whatever rounding did to the sums above: the networks
  // answer to a row of pixels more or less.
  if (last > size - 1) {
    first = Math.max(0, first - (last - (size - 1)));
    last = size - 1;
  }
  const from = Math.trunc(first);
  return [from, Math.trunc(last) - from + 1];
}
