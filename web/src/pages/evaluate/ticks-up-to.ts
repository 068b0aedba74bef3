/**
 * Round numbers along an axis from 0 to its end.
 *
 * @param end - > 0
 * @returns five to ten rising multiples of 1, 2 or 5 times a power of ten, 0 first
 */
export function ticksUpTo(end: number): number[] {
  const power = 10 ** Math.floor(Math.log10(end / 4));
  const step = [5, 2, 1].map((factor) => factor * power).find((one) => end / one >= 3.999)!;
  // A tick at the very end must not be lost to rounding.
  return Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, i) =>
    Number((i * step).toPrecision(6)),
  );
}
