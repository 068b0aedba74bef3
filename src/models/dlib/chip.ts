import { alignFace } from '../../core/align/aligned-face.ts';
import type { ChipTemplate } from '../../core/align/chip-template.ts';
import { invalidArgument } from '../../core/errors.ts';
import type { Point } from '../../core/geometry/point.ts';
import type { Image } from '../../core/image/image.ts';
import { asLandmarks, type Landmarks } from '../../core/landmark/landmarks.ts';
import { DLIB_FIVE_POINTS, MEAN_FACE } from './five-points.ts';

/** Side of the chip that dlib's embedder expects, in pixels. */
export const DEFAULT_CHIP_SIZE = 150;
/** Border around the mean face, as a share of its side. */
export const DEFAULT_CHIP_PADDING = 0.25;

export interface FaceChipOptions {
  /** Output side in pixels, an integer from 16 to 4096. @defaultValue {@link DEFAULT_CHIP_SIZE} */
  readonly size?: number | undefined;
  /** Border around the mean face, a share of its side, 0 - 2. @defaultValue {@link DEFAULT_CHIP_PADDING} */
  readonly padding?: number | undefined;
}

/** The chip that dlib cuts. @throws FaceTriggerError `ERR_INVALID_ARGUMENT` */
export function dlibChip(options: FaceChipOptions = {}): ChipTemplate {
  const { size = DEFAULT_CHIP_SIZE, padding = DEFAULT_CHIP_PADDING } = options;
  if (!(padding >= 0 && padding <= 2))
    throw invalidArgument('a number from 0 to 2', 'options.padding', padding);
  const points = MEAN_FACE.map(
    ([x, y]): Point => [(padding + x) / (2 * padding + 1), (padding + y) / (2 * padding + 1)],
  );
  return { size, layout: DLIB_FIVE_POINTS, points };
}

/**
 * Extracts the upright face chip that dlib's embedder expects.
 *
 * @param image - gray or RGB, uint8, row-major, [height, width, channels]
 * @param landmarks - five points in image pixels, in the order of {@link DLIB_FIVE_POINTS}
 * @param options - size and padding of the chip
 * @returns RGB image [size, size, 3]; pixels outside the source are 0
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH` unless there are five points of two finite numbers of dlib's layout,
 * `ERR_INVALID_ARGUMENT`
 * @remarks Bit-identical to dlib 19.24's `extract_image_chip` of one chip.
 */
export function extractFaceChip(
  image: Image,
  landmarks: Landmarks | readonly Point[],
  options: FaceChipOptions = {},
): Image {
  return alignFace(image, asLandmarks(landmarks, DLIB_FIVE_POINTS), dlibChip(options)).chip;
}
