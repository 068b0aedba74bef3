import { toGray } from '../core/image/convert-color.ts';
import type { Image } from '../core/image/image.ts';
import { resizeImage } from '../core/image/resize-image.ts';

/** Bits of 64 in which hashes of variations of one picture differ at most. Source: Krawetz 2013. */
export const MAX_HASH_DIFFERENCE = 10;

/**
 * A fingerprint of a picture that survives resizing, re-encoding and small changes of brightness.
 *
 * @param image - gray or RGB
 * @returns 64 bits: whether each cell of an 8 x 8 grid is darker than its right neighbor (the picture is scaled to
 * 9 x 8)
 * @remarks The "difference hash" (N. Krawetz, "Kind of like that", hackerfactor.com, 2013).
 */
export function perceptualHash(image: Image): bigint {
  const { data } = resizeImage(toGray(image), { width: 9, height: 8 });
  let bits = 0n;
  for (let y = 0; y < 8; y++) {
    for (let x = 0; x < 8; x++) bits = (bits << 1n) | (data[y * 9 + x]! < data[y * 9 + x + 1]! ? 1n : 0n);
  }
  return bits;
}

/** In how many of the 64 bits two hashes differ: 0 for copies, about 32 for unrelated pictures. */
export function hashDifference(a: bigint, b: bigint): number {
  let rest = a ^ b;
  let count = 0;
  for (; rest !== 0n; rest &= rest - 1n) count++;
  return count;
}
