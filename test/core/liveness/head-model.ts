import type { Point } from '../../../src/core/geometry/point.ts';
import { ARCFACE_FIVE_POINTS } from '../../../src/core/landmark/arcface-five-points.ts';
import type { Landmarks } from '../../../src/core/landmark/landmarks.ts';
import { MEDIAPIPE_SIX_POINTS } from '../../../src/core/landmark/mediapipe-six-points.ts';
import { DLIB_FIVE_POINTS } from '../../../src/models/dlib/five-points.ts';

/** x to the subject's left, y down, z toward the camera, in distances of the eyes' centers. */
export type Space = readonly [number, number, number];

/** An adult's head: what lies where follows from drawings of the average face, and from the goldens' turned photos. */
const HEAD = {
  'outer corner': [0.74, 0, -0.045],
  'inner corner': [0.26, 0, 0.02],
  eye: [0.5, 0, 0],
  'nose tip': [0, 0.6, 0.6],
  'nose base': [0, 0.76, 0.42],
  'mouth corner': [0.38, 1.1, 0.2],
  mouth: [0, 1.1, 0.3],
  ear: [1.1, 0.3, -1.3],
} as const satisfies Record<string, Space>;

const other = ([x, y, z]: Space): Space => [-x, y, z];

/** Points of the head in the order of each layout. */
export const HEADS: readonly { readonly layout: Landmarks['layout']; readonly points: readonly Space[] }[] = [
  {
    layout: DLIB_FIVE_POINTS,
    points: [
      HEAD['outer corner'],
      HEAD['inner corner'],
      other(HEAD['outer corner']),
      other(HEAD['inner corner']),
      HEAD['nose base'],
    ],
  },
  {
    layout: ARCFACE_FIVE_POINTS,
    points: [other(HEAD.eye), HEAD.eye, HEAD['nose tip'], other(HEAD['mouth corner']), HEAD['mouth corner']],
  },
  {
    layout: MEDIAPIPE_SIX_POINTS,
    points: [other(HEAD.eye), HEAD.eye, HEAD['nose tip'], HEAD.mouth, other(HEAD.ear), HEAD.ear],
  },
];

/** Degrees about the vertical (to the subject's left), the line of the eyes (down) and the line of sight. */
export interface Pose {
  /** Before all else, about the axis that goes through the nose: yaw and pitch then tilt about a slanting one. */
  readonly spin?: number;
  readonly yaw?: number;
  readonly pitch?: number;
  readonly roll?: number;
  /** Distance of the camera, in distances of the eyes: 10 are some 60 cm. */
  readonly distance?: number;
  /** Pixels between the eyes of a face ahead. */
  readonly scale?: number;
  readonly shift?: Point;
}

/** A point as a camera sees it. */
export function project([x0, y0, z]: Space, pose: Pose): Point {
  const { spin = 0, yaw = 0, pitch = 0, roll = 0, distance = 10, scale = 60, shift = [300, 200] } = pose;
  const angles = [yaw, pitch, roll, spin].map((degrees) => (degrees * Math.PI) / 180);
  const [a, b, c, d] = angles as [number, number, number, number];
  const x = x0 * Math.cos(d) - y0 * Math.sin(d);
  const y = x0 * Math.sin(d) + y0 * Math.cos(d);
  const x1 = x * Math.cos(a) + z * Math.sin(a);
  const z1 = z * Math.cos(a) - x * Math.sin(a);
  const y2 = y * Math.cos(b) + z1 * Math.sin(b);
  const z2 = z1 * Math.cos(b) - y * Math.sin(b);
  const size = (scale * distance) / (distance - z2);
  return [
    shift[0] + size * (x1 * Math.cos(c) - y2 * Math.sin(c)),
    shift[1] + size * (x1 * Math.sin(c) + y2 * Math.cos(c)),
  ];
}

/** A solid head as a camera sees it. */
export function headAt({ layout, points }: (typeof HEADS)[number], pose: Pose = {}): Landmarks {
  return { layout, points: points.map((point) => project(point, pose)) };
}

/**
 * A photo of that head, taken from the front, held up to a camera.
 *
 * @param bend - radius of the cylinder that it is bent about, upright; flat by default
 */
export function photoAt({ layout, points }: (typeof HEADS)[number], pose: Pose, bend = Infinity): Landmarks {
  const flat = points.map(([x, y]): Space => {
    if (bend === Infinity) return [x, y, 0];
    return [bend * Math.sin(x / bend), y, bend * (Math.cos(x / bend) - 1)];
  });
  return { layout, points: flat.map((point) => project(point, pose)) };
}
