import type { Image } from '../../core/image/image.ts';
import { readTiffDirectories, TIFF_TAGS } from './tiff-directories.ts';

/** How a stored picture has to be turned and mirrored to be upright; 1: not at all (EXIF 2.32, tag Orientation). */
export type ExifOrientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** Reads the orientation of EXIF data, which begin with a TIFF header; 1 where there is none. */
export function readExifOrientation(exif: Uint8Array): ExifOrientation {
  return orientationOf(readTiffDirectories(exif)[0]?.get(TIFF_TAGS.orientation)?.[0]) ?? 1;
}

/** A number as an orientation; `null` where it is none. */
export function orientationOf(value: number | undefined): ExifOrientation | null {
  return value !== undefined && value >= 1 && value <= 8 ? (value as ExifOrientation) : null;
}

/** Whether width and height change places. */
export function turnsSides(orientation: ExifOrientation): boolean {
  return orientation >= 5;
}

/**
 * What leads from a place in the upright picture to the one in the stored picture: first x and y change places where
 * {@link turnsSides}, then x and y count from the other side where these say so.
 */
export function storedMirrors(orientation: ExifOrientation): {
  readonly mirrorX: boolean;
  readonly mirrorY: boolean;
} {
  return {
    mirrorX: orientation === 2 || orientation === 3 || orientation === 7 || orientation === 8,
    mirrorY: orientation === 3 || orientation === 4 || orientation === 6 || orientation === 7,
  };
}

/** Turns and mirrors an image as its orientation says. */
export function orientImage(image: Image, orientation: ExifOrientation): Image {
  if (orientation === 1) return image;
  const { data, width, height, channels } = image;
  const turned = turnsSides(orientation);
  const [outWidth, outHeight] = turned ? [height, width] : [width, height];
  const { mirrorX, mirrorY } = storedMirrors(orientation);
  const out = new Uint8Array(data.length);
  for (let y = 0, to = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      const [column, row] = turned ? [y, x] : [x, y];
      const from =
        ((mirrorY ? height - 1 - row : row) * width + (mirrorX ? width - 1 - column : column)) * channels;
      for (let c = 0; c < channels; c++) out[to++] = data[from + c]!;
    }
  }
  return { data: out, width: outWidth, height: outHeight, channels };
}
