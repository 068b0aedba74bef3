import type { Image } from '../image/image.ts';

/** Weights are whole 256ths. */
const ONE = 256;

/**
 * Shrinks an RGB image by less than a half, quickly: each pixel is mixed of the four around its middle.
 *
 * @param target - gets the pixels; its size decides
 * @returns the target
 */
export function shrinkBilinear(image: Image, target: Image): Image {
  const { data: from, width: fromWidth, height: fromHeight } = image;
  const { data: to, width, height } = target;
  const columns = axis(fromWidth, width);
  const rows = axis(fromHeight, height);
  const stride = fromWidth * 3;
  for (let y = 0, at = 0; y < height; y++) {
    const top = rows.first[y]! * stride;
    const down = rows.weight[y]!;
    const up = ONE - down;
    const below = down === 0 ? 0 : stride;
    for (let x = 0; x < width; x++, at += 3) {
      const right = columns.weight[x]!;
      const left = ONE - right;
      const p = top + columns.first[x]! * 3;
      const q = p + below;
      const next = right === 0 ? 0 : 3;
      const a = left * up;
      const b = right * up;
      const c = left * down;
      const d = right * down;
      to[at] = (a * from[p]! + b * from[p + next]! + c * from[q]! + d * from[q + next]! + 32_768) >> 16;
      to[at + 1] =
        (a * from[p + 1]! + b * from[p + next + 1]! + c * from[q + 1]! + d * from[q + next + 1]! + 32_768) >>
        16;
      to[at + 2] =
        (a * from[p + 2]! + b * from[p + next + 2]! + c * from[q + 2]! + d * from[q + next + 2]! + 32_768) >>
        16;
    }
  }
  return target;
}

/** For each output position the first of its two inputs, and the weight of the second. */
function axis(from: number, to: number): { readonly first: Int32Array; readonly weight: Int32Array } {
  const first = new Int32Array(to);
  const weight = new Int32Array(to);
  for (let i = 0; i < to; i++) {
    const middle = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    first[i] = Math.floor(middle);
    weight[i] = Math.round((middle - first[i]!) * ONE);
    // The last position has no second input.
    if (first[i] === from - 1) weight[i] = 0;
  }
  return { first, weight };
}
