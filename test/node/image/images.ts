import type { Image } from '../../../src/core/image/image.ts';

/** An image of reproducible noise. */
export function noiseImage(width: number, height: number, channels: 1 | 3, seed = 1): Image {
  const data = new Uint8Array(width * height * channels);
  // Linear congruential generator of "Numerical Recipes"; the high byte is the random one.
  let state = seed >>> 0;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    data[i] = state >>> 24;
  }
  return { data, width, height, channels };
}

/** A smooth picture that lossy formats keep well: red grows to the right, green downwards. */
export function gradientImage(width: number, height: number): Image {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      data[i] = 40 + (160 * x) / width;
      data[i + 1] = 40 + (160 * y) / height;
      data[i + 2] = 90;
    }
  }
  return { data, width, height, channels: 3 };
}

/** The samples of one pixel. */
export function pixel(image: Image, x: number, y: number): number[] {
  const at = (y * image.width + x) * image.channels;
  return [...image.data.subarray(at, at + image.channels)];
}

/** The largest difference of two images' samples. */
export function maxDifference(a: Image, b: Image): number {
  if (a.data.length !== b.data.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < a.data.length; i++) most = Math.max(most, Math.abs(a.data[i]! - b.data[i]!));
  return most;
}
