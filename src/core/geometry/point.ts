/** A position in image pixels: x to the right, y down; the center of the top left pixel is (0, 0). */
export type Point = readonly [x: number, y: number];

/**
 * Turns a point around a center.
 *
 * @param angle - radians, positive turns clockwise on the screen (y points down)
 */
export function rotatePoint(center: Point, point: Point, angle: number): Point {
  const sin = Math.sin(angle);
  const cos = Math.cos(angle);
  const x = point[0] - center[0];
  const y = point[1] - center[1];
  return [cos * x - sin * y + center[0], sin * x + cos * y + center[1]];
}
