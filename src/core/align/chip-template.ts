import { expectation, FaceTriggerError } from '../errors.ts';
import type { Point } from '../geometry/point.ts';
import { asLandmarks, assertLandmarks, type LandmarkLayout, type Landmarks } from '../landmark/landmarks.ts';

/** How a face is cut out for an embedder. */
export interface ChipTemplate {
  /** Side of the chip in pixels, an integer from 16 to 4096. */
  readonly size: number;
  readonly layout: LandmarkLayout;
  /** Where the points of the layout lie in the chip, in sides of it: [0, 0] upper left, [1, 1] lower right. */
  readonly points: readonly Point[];
  /**
   * How the chip is laid upon the landmarks.
   * - 'span': what is left over between places and landmarks is least in the picture; the places are measured from
   *   edge to edge of the chip's outer pixels, as dlib does.
   * - 'affine': what is left over is least in the chip; a place is the middle of a pixel, as for OpenCV's `warpAffine`.
   *
   * @defaultValue 'span'
   */
  readonly fit?: 'span' | 'affine' | undefined;
  /** Where the points of other layouts lie in the same chip, for landmarks that another model gives. */
  readonly others?: readonly OtherPlaces[] | undefined;
}

/** Places of the points of a layout that is not the template's own. */
export interface OtherPlaces {
  /** Name of the layout. */
  readonly layout: string;
  /** One for each point of the layout; `null` for a point that says nothing of where the chip lies. */
  readonly points: readonly (Point | null)[];
}

/** Names of the layouts whose landmarks a template can cut by, its own first. */
export function layoutsOf({ layout, others = [] }: ChipTemplate): string[] {
  return [layout.name, ...others.map((other) => other.layout)];
}

/** Bare points become landmarks of the template's own layout; landmarks stay what they are, and are checked when cut. */
export function landmarksFor(
  template: ChipTemplate,
  landmarks: Landmarks | readonly Point[],
  name?: string,
): Landmarks {
  const others = template.others ?? [];
  const given = Array.isArray(landmarks) ? null : (landmarks as Landmarks | null);
  if (given && others.some(({ layout }) => layout === given.layout?.name)) return given;
  return asLandmarks(landmarks, template.layout, name);
}

/** A place in the chip, in sides of it, and the landmark that lies there. */
export interface PlacedPoints {
  readonly places: readonly Point[];
  readonly points: readonly Point[];
}

/**
 * The places that a template has for landmarks.
 *
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH` for landmarks that are not whole or of a layout that it has none for
 */
export function placesFor(template: ChipTemplate, landmarks: Landmarks): PlacedPoints {
  const { layout, points } = template;
  const other = template.others?.find((places) => places.layout === landmarks?.layout?.name);
  if (other === undefined) {
    const known = layoutsOf(template);
    const received = landmarks?.layout?.name;
    if (known.length > 1 && received !== undefined && received !== layout.name) {
      const expected = `landmarks in one of the layouts "${known.join('", "')}"`;
      throw new FaceTriggerError('ERR_SHAPE_MISMATCH', expectation(expected, 'landmarks', received));
    }
    assertLandmarks(landmarks, layout);
    return { places: points, points: landmarks.points };
  }
  assertLandmarks(landmarks, landmarks.layout);
  if (landmarks.points.length !== other.points.length) {
    const expected = `${other.points.length} points of the layout "${other.layout}"`;
    throw new FaceTriggerError('ERR_SHAPE_MISMATCH', expectation(expected, 'landmarks', landmarks.points));
  }
  const used = other.points.flatMap((place, i) => (place === null ? [] : [[place, landmarks.points[i]!]]));
  return { places: used.map(([place]) => place!), points: used.map(([, point]) => point!) };
}
