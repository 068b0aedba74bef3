import { type Box, boxArea } from '../core/geometry/box.ts';
import type { Point } from '../core/geometry/point.ts';
import { isInPolygon } from '../core/geometry/polygon.ts';

/** A named part of what a camera sees. */
export interface Zone {
  /** Corners [x, y] in shares of the frame, 0 .. 1, from its upper left corner; at least 3. */
  readonly polygon: readonly Point[];
  /** Smaller faces do not count in it, in pixels of the frames that faces are looked for in. @defaultValue the camera's */
  readonly minFaceSize?: number | undefined;
}

/** Zones and masks of a camera. */
export interface CameraZonesOptions {
  /** By name. @defaultValue none */
  readonly zones?: Readonly<Record<string, Zone>> | undefined;
  /** Parts of the frame, as a zone's polygon, in which faces are never followed. @defaultValue none */
  readonly masks?: readonly (readonly Point[])[] | undefined;
}

/**
 * Says what the parts of a camera's frame mean for the faces in them. A face is where the middle of its box is.
 */
export class CameraZones {
  readonly #zones: readonly (readonly [name: string, zone: Zone])[];
  readonly #masks: readonly (readonly Point[])[];
  readonly #minFaceSize: number;

  /** @param minFaceSize - of the camera, for zones that have none and for faces in no zone */
  constructor({ zones = {}, masks = [] }: CameraZonesOptions, minFaceSize: number) {
    this.#zones = Object.entries(zones);
    this.#masks = masks;
    this.#minFaceSize = minFaceSize;
  }

  /** The smallest face that counts anywhere: smaller ones need not be looked for. */
  get smallestFace(): number {
    return Math.min(this.#minFaceSize, ...this.#zones.map(([, zone]) => this.#limit(zone)));
  }

  /** Whether a point, in shares of the frame, is masked. */
  isMasked(x: number, y: number): boolean {
    return this.#masks.some((mask) => isInPolygon([x, y], mask));
  }

  /** Whether there are any masks. */
  get hasMasks(): boolean {
    return this.#masks.length > 0;
  }

  /** Whether a face may be followed: it is in no mask, and large enough for where it is. */
  counts(box: Box, frame: { readonly width: number; readonly height: number }): boolean {
    const [x, y] = middleOf(box, frame);
    if (this.isMasked(x, y)) return false;
    // Who set no sizes gets what the detector finds, whose boxes may be a little smaller than what it was asked for.
    if (this.#zones.every(([, zone]) => zone.minFaceSize === undefined)) return true;
    const here = this.#at([x, y]);
    const size = Math.sqrt(boxArea(box));
    return here.length === 0 ? size >= this.#minFaceSize : here.some(([, zone]) => size >= this.#limit(zone));
  }

  /** Names of the zones that a face is in and large enough for, in their order; undefined where the camera has none. */
  namesAt(
    box: Box,
    frame: { readonly width: number; readonly height: number },
  ): readonly string[] | undefined {
    if (this.#zones.length === 0) return undefined;
    const size = Math.sqrt(boxArea(box));
    return this.#at(middleOf(box, frame))
      .filter(([, { minFaceSize }]) => minFaceSize === undefined || size >= minFaceSize)
      .map(([name]) => name);
  }

  #at(point: Point) {
    return this.#zones.filter(([, { polygon }]) => isInPolygon(point, polygon));
  }

  #limit({ minFaceSize = this.#minFaceSize }: Zone): number {
    return minFaceSize;
  }
}

function middleOf(box: Box, frame: { readonly width: number; readonly height: number }): Point {
  return [(box.left + box.width / 2) / frame.width, (box.top + box.height / 2) / frame.height];
}
