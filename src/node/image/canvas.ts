import type { Box } from '../../core/geometry/box.ts';
import type { Image } from '../../core/image/image.ts';

/** An RGB picture that is being drawn on. Everything outside it is cut off. */
export interface Canvas extends Image {
  readonly channels: 3;
}

/** Red, green and blue, 0 .. 255. */
export type Color = readonly [red: number, green: number, blue: number];

/** Coverage of each pixel, 0 .. 255, row-major. */
export interface Mask {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Makes a canvas of one color. */
export function createCanvas(width: number, height: number, color: Color): Canvas {
  const canvas: Canvas = { data: new Uint8Array(width * height * 3), width, height, channels: 3 };
  fillBox(canvas, { left: 0, top: 0, width, height }, color);
  return canvas;
}

/** Fills a rectangle. @param opacity - 0 .. 1 */
export function fillBox(canvas: Canvas, box: Box, color: Color, opacity = 1): void {
  const left = Math.max(0, Math.round(box.left));
  const top = Math.max(0, Math.round(box.top));
  const right = Math.min(canvas.width, Math.round(box.left + box.width));
  const bottom = Math.min(canvas.height, Math.round(box.top + box.height));
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) blend(canvas.data, (y * canvas.width + x) * 3, color, opacity);
  }
}

/** Draws the outline of a rectangle; the line lies inside the box. @param lineWidth - pixels */
export function strokeBox(canvas: Canvas, box: Box, color: Color, lineWidth: number): void {
  const { left, top, width, height } = box;
  const across = Math.min(lineWidth, width / 2);
  const down = Math.min(lineWidth, height / 2);
  fillBox(canvas, { left, top, width, height: down }, color);
  fillBox(canvas, { left, top: top + height - down, width, height: down }, color);
  fillBox(canvas, { left, top, width: across, height }, color);
  fillBox(canvas, { left: left + width - across, top, width: across, height }, color);
}

/** Fills a disc with a smooth edge. @param center - (0, 0) is the center of the top left pixel */
export function fillDisc(
  canvas: Canvas,
  center: readonly [number, number],
  radius: number,
  color: Color,
): void {
  const [centerX, centerY] = center;
  const top = Math.max(0, Math.floor(centerY - radius - 1));
  const bottom = Math.min(canvas.height - 1, Math.ceil(centerY + radius + 1));
  const left = Math.max(0, Math.floor(centerX - radius - 1));
  const right = Math.min(canvas.width - 1, Math.ceil(centerX + radius + 1));
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const cover = radius + 0.5 - Math.hypot(x - centerX, y - centerY);
      if (cover > 0) blend(canvas.data, (y * canvas.width + x) * 3, color, Math.min(1, cover));
    }
  }
}

/** Lays a color on where a mask covers. */
export function drawMask(canvas: Canvas, mask: Mask, at: { left: number; top: number; color: Color }): void {
  for (let y = 0; y < mask.height; y++) {
    const row = at.top + y;
    if (row < 0 || row >= canvas.height) continue;
    for (let x = 0; x < mask.width; x++) {
      const column = at.left + x;
      if (column < 0 || column >= canvas.width) continue;
      const cover = mask.data[y * mask.width + x]!;
      if (cover > 0) blend(canvas.data, (row * canvas.width + column) * 3, at.color, cover / 255);
    }
  }
}

/** Copies an RGB image onto the canvas. */
export function drawImage(canvas: Canvas, image: Image, at: { left: number; top: number }): void {
  for (let y = 0; y < image.height; y++) {
    const row = image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3);
    canvas.data.set(row, ((at.top + y) * canvas.width + at.left) * 3);
  }
}

function blend(data: Uint8Array, index: number, color: Color, opacity: number): void {
  for (let c = 0; c < 3; c++) {
    const under = data[index + c]!;
    data[index + c] = Math.round(under + (color[c]! - under) * opacity);
  }
}
