import type { Box } from '../../core/geometry/box.ts';
import { type ExifOrientation, storedMirrors, turnsSides } from '../../node/image/exif-orientation.ts';

/** A part of a picture, in shares (0 .. 1) of its width and height instead of pixels. */
export type ShareBox = Box;

/** Somebody in a photo, as it is shown (upright). */
export interface PhotoRegion {
  /** `null`: a face whom nobody named. */
  readonly name: string | null;
  readonly box: ShareBox;
}

/** Where a box of the upright picture is in the stored one. */
export function storedBox(box: ShareBox, orientation: ExifOrientation): ShareBox {
  return mirrored(turnsSides(orientation) ? transposed(box) : box, orientation);
}

/** Where a box of the stored picture is in the upright one. */
export function uprightBox(box: ShareBox, orientation: ExifOrientation): ShareBox {
  const unmirrored = mirrored(box, orientation);
  return turnsSides(orientation) ? transposed(unmirrored) : unmirrored;
}

/** A box in pixels as shares of the picture. */
export function toShares(box: Box, { width, height }: { width: number; height: number }): ShareBox {
  return {
    left: box.left / width,
    top: box.top / height,
    width: box.width / width,
    height: box.height / height,
  };
}

/** The part of a box that lies in the picture; `null` where there is none. */
export function insidePicture({ left, top, width, height }: ShareBox): ShareBox | null {
  const [right, bottom] = [Math.min(1, left + width), Math.min(1, top + height)];
  const box = { left: Math.max(0, left), top: Math.max(0, top), width: 0, height: 0 };
  const inside = { ...box, width: right - box.left, height: bottom - box.top };
  // Also what is no number.
  return inside.width > 0 && inside.height > 0 ? inside : null;
}

function transposed({ left, top, width, height }: ShareBox): ShareBox {
  return { left: top, top: left, width: height, height: width };
}

function mirrored({ left, top, width, height }: ShareBox, orientation: ExifOrientation): ShareBox {
  const { mirrorX, mirrorY } = storedMirrors(orientation);
  return {
    left: mirrorX ? 1 - left - width : left,
    top: mirrorY ? 1 - top - height : top,
    width,
    height,
  };
}
