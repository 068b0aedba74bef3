import type { Point } from './point.ts';

/** Scale, rotation and shift of the plane: x' = a x - b y + tx, y' = b x + a y + ty. */
export interface SimilarityTransform {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

/**
 * The similarity transform that brings one set of points nearest to another in the least-squares sense.
 *
 * @param from - n >= 1 points
 * @param to - as many points
 * @remarks Umeyama, "Least-squares estimation of transformation parameters between two point patterns", PAMI 1991,
 * equations 34 - 43; in two dimensions and without reflection they reduce to the closed form below. Points that
 * all coincide give a pure shift.
 */
export function fitSimilarityTransform(from: readonly Point[], to: readonly Point[]): SimilarityTransform {
  const n = from.length;
  let fromX = 0;
  let fromY = 0;
  let toX = 0;
  let toY = 0;
  for (let i = 0; i < n; i++) {
    fromX += from[i]![0];
    fromY += from[i]![1];
    toX += to[i]![0];
    toY += to[i]![1];
  }
  fromX /= n;
  fromY /= n;
  toX /= n;
  toY /= n;
  let dot = 0;
  let cross = 0;
  let spread = 0;
  for (let i = 0; i < n; i++) {
    const x = from[i]![0] - fromX;
    const y = from[i]![1] - fromY;
    const u = to[i]![0] - toX;
    const v = to[i]![1] - toY;
    dot += x * u + y * v;
    cross += x * v - y * u;
    spread += x * x + y * y;
  }
  const a = spread === 0 ? 1 : dot / spread;
  const b = spread === 0 ? 0 : cross / spread;
  return { a, b, tx: toX - (a * fromX - b * fromY), ty: toY - (b * fromX + a * fromY) };
}

export function applyTransform(transform: SimilarityTransform, point: Point): Point {
  const { a, b, tx, ty } = transform;
  return [a * point[0] - b * point[1] + tx, b * point[0] + a * point[1] + ty];
}

/**
 * The transform that undoes another.
 *
 * @param transform - of a scale other than 0
 */
export function invertTransform(transform: SimilarityTransform): SimilarityTransform {
  const { a, b, tx, ty } = transform;
  const square = a * a + b * b;
  const inverse = { a: a / square, b: -b / square };
  return {
    ...inverse,
    tx: -(inverse.a * tx - inverse.b * ty),
    ty: -(inverse.b * tx + inverse.a * ty),
  };
}
