/** More are not believed; dlib's own model has 15. */
export const MAX_CASCADES = 100;
/** Differences of bytes lie within 255: thresholds beyond decide the same as this one. */
export const THRESHOLD_LIMIT = 256;

/**
 * An ensemble of regression trees as dlib's `shape_predictor` keeps it, in flat arrays.
 *
 * @remarks Every tree of the file is complete and of the same depth: `splits` inner nodes and `splits + 1` leaves.
 * Tree t of cascade c starts at (c * trees + t) * splits (or leaves). Source of the method: Kazemi & Sullivan, "One
 * Millisecond Face Alignment with an Ensemble of Regression Trees", CVPR 2014.
 */
export interface RegressionTrees {
  readonly cascades: number;
  readonly trees: number;
  readonly splits: number;
  /** Numbers in a shape: x0, y0, x1, y1, ... in the unit box. */
  readonly coordinates: number;
  /** Pixels looked at in each cascade. */
  readonly pixels: number;
  readonly initialShape: Float32Array;
  /** [cascade][tree][split] index of the first and second pixel; left when first - second > threshold. */
  readonly firstPixel: Uint16Array;
  readonly secondPixel: Uint16Array;
  /** Rounded down, which decides the same: differences are whole. From -256 to 256. */
  readonly thresholds: Int16Array;
  /** [cascade][tree][leaf][coordinate] */
  readonly leaves: Float32Array;
  /** [cascade][pixel] point that the pixel hangs on. */
  readonly anchors: Uint16Array;
  /** [cascade][pixel][x, y] offset from that point, in the unit box. */
  readonly deltas: Float32Array;
}

/** An integer difference is above a threshold where it is above the threshold rounded down. Nothing is above NaN. */
export function wholeThreshold(threshold: number): number {
  const whole = Math.floor(threshold);
  return whole < THRESHOLD_LIMIT ? Math.max(-THRESHOLD_LIMIT, whole) : THRESHOLD_LIMIT;
}
