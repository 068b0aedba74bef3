import { type Box, boxArea, intersectionArea, iou } from './box.ts';

export interface SuppressionOptions {
  /** Boxes overlap when the inner area / the area of the box around BOTH is above this. */
  readonly maxOverlap: number;
  /** Boxes overlap when the inner area / either box's own area is above this. @defaultValue 1 (never) */
  readonly maxCovered?: number | undefined;
}

/**
 * Keeps the best of every group of boxes that overlap.
 *
 * @param candidates - best first
 * @returns those kept, in the same order
 * @remarks dlib's measure of overlap, which divides by the bounding box of both and not by their union
 * (dlib/image_processing/box_overlap_testing.h). O(n * kept).
 */
export function suppressOverlaps<T extends { readonly box: Box }>(
  candidates: readonly T[],
  options: SuppressionOptions,
): T[] {
  const kept: T[] = [];
  for (const candidate of candidates) {
    if (!kept.some((other) => overlaps(candidate.box, other.box, options))) kept.push(candidate);
  }
  return kept;
}

function overlaps(a: Box, b: Box, options: SuppressionOptions): boolean {
  const inner = intersectionArea(a, b);
  if (inner === 0) return false;
  const width = Math.max(a.left + a.width, b.left + b.width) - Math.min(a.left, b.left);
  const height = Math.max(a.top + a.height, b.top + b.height) - Math.min(a.top, b.top);
  const covered = options.maxCovered ?? 1;
  return (
    inner / (width * height) > options.maxOverlap ||
    inner / boxArea(a) > covered ||
    inner / boxArea(b) > covered
  );
}

/**
 * Keeps the best of every group of boxes whose intersection over union is above a share.
 *
 * @param candidates - best first
 * @returns those kept, in the same order
 */
export function suppressByIou<T extends { readonly box: Box }>(
  candidates: readonly T[],
  maxIou: number,
): T[] {
  const kept: T[] = [];
  for (const candidate of candidates) {
    if (!kept.some((other) => iou(candidate.box, other.box) > maxIou)) kept.push(candidate);
  }
  return kept;
}
