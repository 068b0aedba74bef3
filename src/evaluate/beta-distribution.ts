/**
 * The regularised incomplete beta function I_x(a, b): the beta distribution's share below x.
 *
 * @param x - 0 .. 1
 * @param a - shape, > 0
 * @param b - shape, > 0
 * @returns 0 .. 1
 * @remarks Continued fraction of the NIST Digital Library of Mathematical Functions, 8.17.22, evaluated from the
 * front as Lentz (1976) does; the symmetry 8.17.4 keeps it where it converges fast.
 */
export function betaShare(x: number, { a, b }: { a: number; b: number }): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaShare(1 - x, { a: b, b: a });
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return (front / a) * continuedFraction(x, a, b);
}

/**
 * The value below which the given share of a beta distribution lies.
 *
 * @param share - 0 .. 1
 * @returns x in 0 .. 1 with {@link betaShare}(x) = share, to the last bits of a double
 */
export function betaQuantile(share: number, shape: { a: number; b: number }): number {
  if (share <= 0) return 0;
  if (share >= 1) return 1;
  let low = 0;
  let high = 1;
  // 1,074 halvings would reach the smallest double; the loop ends when no number lies between.
  for (let i = 0; i < 1074; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (betaShare(middle, shape) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function continuedFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 - ((a + b) * x) / (a + 1);
  d = 1 / (Math.abs(d) < tiny ? tiny : d);
  let value = d;
  for (let m = 1; m <= 10_000; m++) {
    for (const numerator of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 + numerator * d;
      d = 1 / (Math.abs(d) < tiny ? tiny : d);
      c = 1 + numerator / c;
      if (Math.abs(c) < tiny) c = tiny;
      value *= d * c;
    }
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return value;
}

// Stirling's series (DLMF 5.11.1) from x >= 10, where seven terms are exact to a double; smaller x is lifted by
// the recurrence gamma(x + 1) = x gamma(x).
function logGamma(x: number): number {
  let lift = 0;
  while (x < 10) {
    lift += Math.log(x);
    x += 1;
  }
  const r = 1 / (x * x);
  const series =
    (1 / 12 -
      r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - r * (691 / 360_360 - r / 156)))))) /
    x;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - lift;
}
