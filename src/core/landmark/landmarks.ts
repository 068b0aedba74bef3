import { expectation, FaceTriggerError } from '../errors.ts';
import type { Point } from '../geometry/point.ts';

/**
 * Which points of a face a landmark model gives. Left and right are the SUBJECT's, so the left eye is on the right
 * side of the picture.
 */
export interface LandmarkLayout {
  /** Two layouts of one name are one layout. */
  readonly name: string;
  /** What each point is, in their order. */
  readonly points: readonly string[];
  /** Which points have the middle of an eye as their mean, the eye's outer corner first. */
  readonly leftEye: readonly number[];
  readonly rightEye: readonly number[];
  /** Which point is on the nose. */
  readonly nose: number;
  /** Which points have the middle of the mouth as their mean; absent where the layout has none of the mouth. */
  readonly mouth?: readonly number[] | undefined;
  /** How far below the line of the eyes that point lies in an average face, in distances of the eyes' centers. */
  readonly noseDrop: number;
}

/** Points of one face in image pixels. */
export interface Landmarks {
  readonly layout: LandmarkLayout;
  /** As many as the layout has, in its order. */
  readonly points: readonly Point[];
}

/** The middles of the subject's left and right eye. */
export function eyeCenters({ layout, points }: Landmarks): { readonly left: Point; readonly right: Point } {
  return { left: centerOf(points, layout.leftEye), right: centerOf(points, layout.rightEye) };
}

/** From the first point of one eye to the first of the other, in pixels; layouts name an eye's outer corner first. */
export function eyeSpan({ layout, points }: Landmarks): number {
  const left = points[layout.leftEye[0]!]!;
  const right = points[layout.rightEye[0]!]!;
  return Math.hypot(left[0] - right[0], left[1] - right[1]);
}

/** The point on the nose. */
export function nosePoint({ layout, points }: Landmarks): Point {
  return points[layout.nose]!;
}

/** The middle of the mouth; null where the layout has no point of it. */
export function mouthCenter({ layout, points }: Landmarks): Point | null {
  return layout.mouth ? centerOf(points, layout.mouth) : null;
}

/** The same points elsewhere. */
export function mapLandmarks({ layout, points }: Landmarks, change: (point: Point) => Point): Landmarks {
  return { layout, points: points.map(change) };
}

/**
 * Takes bare points for landmarks of a layout.
 *
 * @param landmarks - points as [x, y], or landmarks, which must be of that layout
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH` for another number of points, another layout, or what is no point
 */
export function asLandmarks(
  landmarks: Landmarks | readonly Point[],
  layout: LandmarkLayout,
  name = 'landmarks',
): Landmarks {
  const given = Array.isArray(landmarks)
    ? { layout, points: landmarks as readonly Point[] }
    : (landmarks as Landmarks);
  assertLandmarks(given, layout, name);
  return given;
}

/** @throws FaceTriggerError `ERR_SHAPE_MISMATCH` unless the landmarks are whole and of the layout */
export function assertLandmarks(landmarks: Landmarks, layout: LandmarkLayout, name = 'landmarks'): void {
  const points: unknown = landmarks?.points;
  const count = layout.points.length;
  const isWhole =
    Array.isArray(points) &&
    points.length === count &&
    points.every((point) => point?.length === 2 && Number.isFinite(point[0]) && Number.isFinite(point[1]));
  if (!isWhole) {
    throw new FaceTriggerError(
      'ERR_SHAPE_MISMATCH',
      expectation(`${count} points [x, y]`, name, points ?? landmarks),
    );
  }
  if (landmarks.layout?.name === layout.name) return;
  const message = expectation(`landmarks in the layout "${layout.name}"`, name, landmarks.layout?.name);
  throw new FaceTriggerError('ERR_SHAPE_MISMATCH', message);
}

function centerOf(points: readonly Point[], indices: readonly number[]): Point {
  let x = 0;
  let y = 0;
  for (const index of indices) {
    x += points[index]![0];
    y += points[index]![1];
  }
  return [x / indices.length, y / indices.length];
}
