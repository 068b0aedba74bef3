import { toRgb } from '../../../src/core/image/convert-color.ts';
import type { Image } from '../../../src/core/image/image.ts';

/** Pictures side by side. */
export function beside(images: readonly Image[]): Image {
  const width = images.reduce((sum, image) => sum + image.width, 0);
  const height = Math.max(...images.map((image) => image.height));
  const data = new Uint8Array(width * height * 3);
  let left = 0;
  for (const image of images) {
    const rgb = toRgb(image);
    for (let y = 0; y < rgb.height; y++) {
      data.set(rgb.data.subarray(y * rgb.width * 3, (y + 1) * rgb.width * 3), (y * width + left) * 3);
    }
    left += rgb.width;
  }
  return { data, width, height, channels: 3 };
}
