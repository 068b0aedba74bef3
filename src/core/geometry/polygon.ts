import type { Point } from './point.ts';

/**
 * Whether a point is in a polygon.
 *
 * @param polygon - corners in order, at least 3; where its lines cross, what they go round twice is outside
 * @remarks Counts the lines to the right of the point (Shimrat 1962). Points on a line may be told either way.
 */
export function isInPolygon([x, y]: Point, polygon: readonly Point[]): boolean {
  let isInside = false;
  for (let i = 0, before = polygon.length - 1; i < polygon.length; before = i++) {
    const [ax, ay] = polygon[i]!;
    const [bx, by] = polygon[before]!;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) isInside = !isInside;
  }
  return isInside;
}
