import type { Image } from '../../core/image/image.ts';

/** Ellipses of a face of side 1 around its center: center, radii, color. */
const SHAPES: readonly (readonly [x: number, y: number, rx: number, ry: number, color: readonly number[]])[] =
  [
    [0, -0.1, 0.46, 0.62, [60, 40, 30]],
    [0, 0, 0.4, 0.52, [225, 180, 150]],
    ...[-0.17, 0.17].flatMap(
      (x) =>
        [
          [x, -0.1, 0.08, 0.045, [250, 250, 250]],
          [x, -0.1, 0.04, 0.045, [40, 25, 20]],
          [x, -0.2, 0.1, 0.02, [60, 40, 30]],
        ] as const,
    ),
    [0, 0.09, 0.05, 0.08, [205, 150, 125]],
    [0, 0.15, 0.07, 0.025, [180, 120, 100]],
    [0, 0.29, 0.15, 0.045, [170, 70, 70]],
  ];
const BACKGROUND = 200;

/** Draws a face that detectors take for one, in the middle of a square picture. @param side - of the face, in pixels */
export function drawFace(pictureSide: number, side: number): Image {
  const data = new Uint8Array(3 * pictureSide * pictureSide).fill(BACKGROUND);
  const center = pictureSide / 2;
  for (const [x, y, rx, ry, color] of SHAPES) {
    const [cx, cy] = [center + x * side, center + y * side];
    for (let row = 0; row < pictureSide; row++) {
      for (let column = 0; column < pictureSide; column++) {
        if (((column - cx) / (rx * side)) ** 2 + ((row - cy) / (ry * side)) ** 2 > 1) continue;
        data.set(color, 3 * (row * pictureSide + column));
      }
    }
  }
  return { data, width: pictureSide, height: pictureSide, channels: 3 };
}
