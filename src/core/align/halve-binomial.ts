import type { Box } from '../geometry/box.ts';
import type { Image } from '../image/image.ts';

/**
 * Halves a part of an image with the 5 x 5 binomial filter 1 4 6 4 1.
 *
 * @param region - whole pixels inside the image
 * @returns an image of floor((side - 3) / 2) a side, 0 x 0 where the part has 8 or fewer rows or columns
 * @remarks dlib 19.24's `pyramid_down<2>`: sums of integers, divided by 256 and truncated, at every second pixel.
 */
export function halveBinomial(image: Image, region: Box): Image {
  const { channels, data } = image;
  if (region.width <= 8 || region.height <= 8)
    return { data: new Uint8Array(0), width: 0, height: 0, channels };
  const width = Math.floor((region.width - 3) / 2);
  const height = Math.floor((region.height - 3) / 2);
  const rowLength = width * channels;
  const across = new Uint16Array(region.height * rowLength);
  const stride = image.width * channels;
  const c1 = channels;
  const c2 = 2 * channels;
  const c3 = 3 * channels;
  const c4 = 4 * channels;
  for (let y = 0, target = 0; y < region.height; y++) {
    let source = (region.top + y) * stride + region.left * channels;
    for (let x = 0; x < width; x++, source += channels) {
      for (let c = 0; c < channels; c++, source++, target++) {
        across[target] =
          data[source]! +
          data[source + c4]! +
          4 * (data[source + c1]! + data[source + c3]!) +
          6 * data[source + c2]!;
      }
    }
  }
  const out = new Uint8Array(height * rowLength);
  for (let y = 0, target = 0; y < height; y++) {
    let source = 2 * y * rowLength;
    for (let i = 0; i < rowLength; i++, source++, target++) {
      out[target] =
        (across[source]! +
          across[source + 4 * rowLength]! +
          4 * (across[source + rowLength]! + across[source + 3 * rowLength]!) +
          6 * across[source + 2 * rowLength]!) >>
        8;
    }
  }
  return { data: out, width, height, channels };
}
