import type { Image } from '../../../core/image/image.ts';

/** Weights are whole 256ths. */
const ONE = 256;

/**
 * Shrinks an RGB image by less than a half, quickly: each pixel is mixed of the four around its middle.
 *
 * @param target - gets the pixels; its size decides
 * @returns the target
 */
export function shrinkBilinear(image: Image, target: Image): Image {
  const { data: from } = image;
  const { data: to } = target;
  // Whole numbers to the compiler too: once a program has made any { width, height } of fractions, V8 keeps the sides of
  // all such objects as floating-point numbers, and the loops below computed with those take twice as long.
  const [fromWidth, fromHeight] = [image.width | 0, image.height | 0];
  const [width, height] = [target.width | 0, target.height | 0];
  const columns = axis(fromWidth, width);
  const rows = axis(fromHeight, height);
  const stride = fromWidth * 3;
  const { first: lefts, weight: rights } = columns;
  // imul: products of whole numbers, without the checks that `*` needs.
  const { imul } = Math;
  for (let y = 0, at = 0; y < height; y++) {
    const top = rows.first[y]! * stride;
    const down = rows.weight[y]!;
    const up = ONE - down;
    const below = down === 0 ? 0 : stride;
    for (let x = 0; x < width; x++, at += 3) {
      const right = rights[x]!;
      const p = top + imul(lefts[x]!, 3);
      const q = p + (right === 0 ? 0 : 3);
      const r = p + below;
      const s = q + below;
      const b = imul(right, up);
      const d = imul(right, down);
      const a = (up << 8) - b;
      const c = (down << 8) - d;
      to[at] = (imul(a, from[p]!) + imul(b, from[q]!) + imul(c, from[r]!) + imul(d, from[s]!) + 32_768) >> 16;
      to[at + 1] =
        (imul(a, from[p + 1]!) +
          imul(b, from[q + 1]!) +
          imul(c, from[r + 1]!) +
          imul(d, from[s + 1]!) +
          32_768) >>
        16;
      to[at + 2] =
        (imul(a, from[p + 2]!) +
          imul(b, from[q + 2]!) +
          imul(c, from[r + 2]!) +
          imul(d, from[s + 2]!) +
          32_768) >>
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
