/** An upright rectangle in image pixels. It covers the columns left .. left + width - 1 (dlib's inclusive `right`). */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Makes a box from dlib's inclusive corners, where right and bottom are the last pixels inside. */
export function boxFromCorners(left: number, top: number, right: number, bottom: number): Box {
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** Area in square pixels. */
export function boxArea(box: Box): number {
  return box.width > 0 && box.height > 0 ? box.width * box.height : 0;
}

/** Area in square pixels that both boxes cover. */
export function intersectionArea(a: Box, b: Box): number {
  const width = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const height = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

/**
 * Intersection over union of two boxes.
 *
 * @returns 0 (apart) .. 1 (the same box); 0 when both are empty
 */
export function iou(a: Box, b: Box): number {
  const inner = intersectionArea(a, b);
  const union = boxArea(a) + boxArea(b) - inner;
  return union > 0 ? inner / union : 0;
}

/** Carries a box over to an image whose sides are `x` and `y` times as long; its edges lie on whole pixels there. */
export function scaleBox(box: Box, { x, y }: { readonly x: number; readonly y: number }): Box {
  const left = Math.round(box.left * x);
  const top = Math.round(box.top * y);
  const right = Math.round((box.left + box.width) * x);
  const bottom = Math.round((box.top + box.height) * y);
  return { left, top, width: right - left, height: bottom - top };
}
