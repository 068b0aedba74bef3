import type { Box } from './box.ts';
import type { Point } from './point.ts';

/** Degrees clockwise. */
export type QuarterTurn = 0 | 90 | 180 | 270;

/** Of an image, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Size of an image of a size after a turn. */
export function turnedSize({ width, height }: Size, turn: QuarterTurn): Size {
  return turn === 90 || turn === 270 ? { width: height, height: width } : { width, height };
}

/** Where a box of an image lies after the image is turned. @param size - of the image before */
export function turnBox({ left, top, width, height }: Box, size: Size, turn: QuarterTurn): Box {
  const right = size.width - left - width;
  const bottom = size.height - top - height;
  if (turn === 90) return { left: bottom, top: left, width: height, height: width };
  if (turn === 180) return { left: right, top: bottom, width, height };
  if (turn === 270) return { left: top, top: right, width: height, height: width };
  return { left, top, width, height };
}

/** Where a point of an image lies after the image is turned. @param size - of the image before */
export function turnPoint([x, y]: Point, size: Size, turn: QuarterTurn): Point {
  const right = size.width - 1 - x;
  const bottom = size.height - 1 - y;
  if (turn === 90) return [bottom, x];
  if (turn === 180) return [right, bottom];
  if (turn === 270) return [y, right];
  return [x, y];
}

/** The turn that undoes one. */
export function turnBack(turn: QuarterTurn): QuarterTurn {
  return ((360 - turn) % 360) as QuarterTurn;
}
