import type { Image } from '../../../core/image/image.ts';
import type { TensorValue } from '../../../core/runtime/runtime.ts';

/** An RGB picture with a border around it, in the form in which a network takes it. */
export interface LevelPlane {
  /** Of the picture with its border, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Puts a picture of the plane's size in. */
  fill(picture: Image): void;
  /** The rows of pixels `first` (even) .. `last`. */
  rows(first: number, last: number): TensorValue;
}

export interface LevelPlaneOptions {
  /** Size of the picture inside, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Pixels around it; even, so that pairs of pixels stay pairs. */
  readonly border: number;
  /** Color of the border. */
  readonly background: readonly [r: number, g: number, b: number];
}
