import type { Detection } from '../core/detect/face-detector.ts';
import type { Box } from '../core/geometry/box.ts';
import type { Image } from '../core/image/image.ts';
import type { FaceAnalyzer } from './face-analyzer.ts';

/** A face may be smaller in the other stream by this factor, as that is another moment. */
const SHRINKAGE = 0.5;
/** Between the two moments a face moves by less than this part of its size; further away it is another one. */
const MAX_SHIFT = 0.75;

/**
 * Finds a face of a small picture in the large one of about the same moment: where it should be, it is looked for
 * again, as the two streams of a camera are never quite of one moment.
 *
 * @param box - in pixels of `small`
 * @returns the face in pixels of `large`; null where it is not there
 */
export async function findInLarge(
  analyzer: FaceAnalyzer,
  {
    box,
    small,
    large,
  }: { readonly box: Box; readonly small: Pick<Image, 'width' | 'height'>; readonly large: Image },
): Promise<Detection | null> {
  const x = large.width / small.width;
  const y = large.height / small.height;
  const expected = { left: box.left * x, top: box.top * y, width: box.width * x, height: box.height * y };
  const size = Math.sqrt(expected.width * expected.height);
  const minFaceSize = Math.max(1, Math.floor(size * SHRINKAGE));
  const found = await analyzer.detect(large, { minFaceSize, near: [expected], goesOn: true });
  const shift = ({ box: other }: Detection) => distance(middle(other), middle(expected)) / size;
  const [nearest] = found.toSorted((a, b) => shift(a) - shift(b));
  return nearest && shift(nearest) <= MAX_SHIFT ? nearest : null;
}

function middle({ left, top, width, height }: Box): readonly [number, number] {
  return [left + width / 2, top + height / 2];
}

function distance(a: readonly [number, number], b: readonly [number, number]): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
