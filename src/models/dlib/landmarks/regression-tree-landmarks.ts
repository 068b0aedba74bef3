import { FaceTriggerError, invalidArgument } from '../../../core/errors.ts';
import type { Box } from '../../../core/geometry/box.ts';
import type { Point } from '../../../core/geometry/point.ts';
import { fitSimilarityTransform } from '../../../core/geometry/similarity-transform.ts';
import type { Image } from '../../../core/image/image.ts';
import type {
  LandmarkDetector,
  LandmarkOptions,
  LandmarkProfile,
  LocatedLandmarks,
} from '../../../core/landmark/landmark-detector.ts';
import type { Landmarks } from '../../../core/landmark/landmarks.ts';
import { DLIB_FIVE_POINTS } from '../five-points.ts';
import { decodeLandmarkFile } from './landmark-file.ts';
import type { RegressionTrees } from './regression-trees.ts';

const POINTS = DLIB_FIVE_POINTS.points.length;
const COORDINATES = 2 * POINTS;
const MAX_PASSES = 4;
/**
 * Landmarks that move farther than this share of the box are in doubt: 98 of 100 faces on their side, 4 of 100 upright
 * ones (bench/accuracy/turned-faces.mjs).
 */
const STEADY_DRIFT = 0.015;
/** A face whose score leaves doubt is steady only where its landmarks hardly move. */
const STILL_DRIFT = 0.005;
/** Drift of a face that could not fit better. */
const LEAST_DRIFT = 0.002;

/**
 * dlib's 5-point landmarks: an ensemble of regression trees.
 *
 * @remarks Kazemi & Sullivan, CVPR 2014. Every step keeps dlib's single precision, so that a pixel never falls on
 * the other side of a rounding.
 */
export class RegressionTreeLandmarks implements LandmarkDetector {
  readonly profile: LandmarkProfile;
  readonly #trees: RegressionTrees;
  readonly #initialPoints: readonly Point[];
  readonly #splits: Int32Array;
  readonly #values: Int32Array;
  /** Where each tree of a cascade has been followed to. */
  readonly #nodes: Int32Array;
  readonly #shape: Float32Array;

  /** @throws FaceTriggerError `ERR_MODEL_FORMAT` if the model does not give five points */
  constructor(trees: RegressionTrees, id = 'dlib-5-point') {
    if (trees.coordinates !== COORDINATES) {
      const received = trees.coordinates / 2;
      throw new FaceTriggerError(
        'ERR_MODEL_FORMAT',
        `Expected a landmark model of 5 points but received ${received}`,
      );
    }
    this.profile = {
      id,
      layout: DLIB_FIVE_POINTS,
      steadyDrift: STEADY_DRIFT,
      stillDrift: STILL_DRIFT,
      leastDrift: LEAST_DRIFT,
    };
    this.#trees = trees;
    this.#initialPoints = toPoints(trees.initialShape);
    this.#splits = packSplits(trees);
    this.#values = new Int32Array(trees.pixels);
    this.#nodes = new Int32Array(trees.trees);
    this.#shape = new Float32Array(COORDINATES);
  }

  /**
   * Reads the model.
   *
   * @param file - as `models convert` writes it of a dlib .dat shape predictor
   * @param id - name of the model
   * @throws FaceTriggerError `ERR_MODEL_FORMAT`
   */
  static read(file: Uint8Array, id?: string): RegressionTreeLandmarks {
    return new RegressionTreeLandmarks(decodeLandmarkFile(file), id);
  }

  detect(image: Image, box: Box, options: LandmarkOptions = {}): Landmarks {
    const passes = checkedPasses(options);
    let points = this.#findPoints(image, box);
    for (let pass = 1; pass < passes; pass++) points = this.#findPoints(image, this.#boxOf(points));
    return rounded(points, options);
  }

  locate(image: Image, box: Box, options: LandmarkOptions = {}): LocatedLandmarks {
    const passes = checkedPasses(options);
    const first = this.#findPoints(image, box);
    const second = this.#findPoints(image, this.#boxOf(first));
    let points = passes === 1 ? first : second;
    for (let pass = 2; pass < passes; pass++) points = this.#findPoints(image, this.#boxOf(points));
    const squares = first.reduce(
      (sum, [x, y], i) => sum + (x - second[i]![0]) ** 2 + (y - second[i]![1]) ** 2,
      0,
    );
    return { landmarks: rounded(points, options), drift: Math.sqrt(squares / POINTS) / box.width };
  }

  /** The box in which these points would be nearest to the mean face that the trees start from. */
  #boxOf(points: readonly Point[]): Box {
    const { a, b, tx, ty } = fitSimilarityTransform(this.#initialPoints, points);
    const side = Math.round(Math.hypot(a, b));
    const centerX = (a - b) / 2 + tx;
    const centerY = (a + b) / 2 + ty;
    const [left, top] = [Math.round(centerX - side / 2), Math.round(centerY - side / 2)];
    return { left, top, width: side + 1, height: side + 1 };
  }

  #findPoints(image: Image, box: Box): Point[] {
    const { cascades, initialShape } = this.#trees;
    const shape = this.#shape;
    shape.set(initialShape);
    for (let cascade = 0; cascade < cascades; cascade++) {
      this.#readPixels(image, box, cascade);
      this.#walkTrees(cascade);
      this.#addLeaves(cascade);
    }
    return toPoints(shape).map(
      ([x, y]): Point => [box.left + x * (box.width - 1), box.top + y * (box.height - 1)],
    );
  }

  /** Reads the gray values around the current shape that the cascade's trees ask for. */
  #readPixels(image: Image, box: Box, cascade: number): void {
    const { pixels, anchors, deltas } = this.#trees;
    const { data, width, height, channels } = image;
    const shape = this.#shape;
    const values = this.#values;
    const transform = fitSimilarityTransform(this.#initialPoints, toPoints(shape));
    const a = Math.fround(transform.a);
    const b = Math.fround(transform.b);
    const spanX = box.width - 1;
    const spanY = box.height - 1;
    const { left, top } = box;
    // Whole numbers to the compiler too: see shrinkBilinear. No picture is wide enough for one to be cut.
    const [columns, rows] = [width | 0, height | 0];
    const { fround, imul } = Math;
    for (let i = 0, next = cascade * pixels; i < pixels; i++, next++) {
      const anchor = anchors[next]! * 2;
      const dx = deltas[next * 2]!;
      const dy = deltas[next * 2 + 1]!;
      const shapeX = fround(fround(fround(a * dx) - fround(b * dy)) + shape[anchor]!);
      const shapeY = fround(fround(fround(b * dx) + fround(a * dy)) + shape[anchor + 1]!);
      const x = Math.floor(left + shapeX * spanX + 0.5) | 0;
      const y = Math.floor(top + shapeY * spanY + 0.5) | 0;
      if (x < 0 || y < 0 || x >= columns || y >= rows) values[i] = 0;
      else if (channels === 1) values[i] = data[imul(y, columns) + x]!;
      else {
        const p = imul(imul(y, columns) + x, 3);
        values[i] = ((data[p]! + data[p + 1]! + data[p + 2]!) / 3) | 0;
      }
    }
  }

  /**
   * Finds the leaf of every tree of the cascade; all trees go down a level before any goes down the next, so that the
   * processor need not wait for one walk to begin with others.
   */
  #walkTrees(cascade: number): void {
    const { trees, splits } = this.#trees;
    const packed = this.#splits;
    const values = this.#values;
    const nodes = this.#nodes.fill(0);
    const start = 2 * cascade * trees * splits;
    for (let level = splits; level > 0; level >>= 1) {
      for (let tree = 0, first = start; tree < trees; tree++, first += 2 * splits) {
        const node = nodes[tree]!;
        const split = first + 2 * node;
        const pixels = packed[split]!;
        const difference = values[pixels & 0xffff]! - values[pixels >>> 16]!;
        // The sign bit of threshold - difference: -1, to the left, where the difference is larger, else 0. No branch:
        // half of them would be guessed wrong.
        nodes[tree] = 2 * node + 2 + ((packed[split + 1]! - difference) >> 31);
      }
    }
  }

  /**
   * Lets the leaf of every tree of the cascade move the shape, in their order: sums of floats depend on it. Written out
   * for five points, so that the sums stay in registers.
   */
  #addLeaves(cascade: number): void {
    const { trees, splits, leaves } = this.#trees;
    const shape = this.#shape;
    const nodes = this.#nodes;
    const { fround } = Math;
    let [x0, y0, x1, y1, x2] = [shape[0]!, shape[1]!, shape[2]!, shape[3]!, shape[4]!];
    let [y2, x3, y3, x4, y4] = [shape[5]!, shape[6]!, shape[7]!, shape[8]!, shape[9]!];
    let first = cascade * trees * (splits + 1) - splits;
    for (let tree = 0; tree < trees; tree++, first += splits + 1) {
      const leaf = (first + nodes[tree]!) * COORDINATES;
      x0 = fround(x0 + leaves[leaf]!);
      y0 = fround(y0 + leaves[leaf + 1]!);
      x1 = fround(x1 + leaves[leaf + 2]!);
      y1 = fround(y1 + leaves[leaf + 3]!);
      x2 = fround(x2 + leaves[leaf + 4]!);
      y2 = fround(y2 + leaves[leaf + 5]!);
      x3 = fround(x3 + leaves[leaf + 6]!);
      y3 = fround(y3 + leaves[leaf + 7]!);
      x4 = fround(x4 + leaves[leaf + 8]!);
      y4 = fround(y4 + leaves[leaf + 9]!);
    }
    shape.set([x0, y0, x1, y1, x2, y2, x3, y3, x4, y4]);
  }
}

function checkedPasses({ passes = 1 }: LandmarkOptions): number {
  if (Number.isInteger(passes) && passes >= 1 && passes <= MAX_PASSES) return passes;
  throw invalidArgument(`an integer from 1 to ${MAX_PASSES}`, 'options.passes', passes);
}

function rounded(points: readonly Point[], { subPixel = false }: LandmarkOptions): Landmarks {
  const chosen = subPixel
    ? points
    : points.map(([x, y]): Point => [Math.floor(x + 0.5), Math.floor(y + 0.5)]);
  return { layout: DLIB_FIVE_POINTS, points: chosen };
}

/** The splits as they are walked: two numbers for each, the pixels (first in the low half) and the threshold. */
function packSplits({ firstPixel, secondPixel, thresholds }: RegressionTrees): Int32Array {
  const packed = new Int32Array(2 * thresholds.length);
  for (let i = 0; i < thresholds.length; i++) {
    packed[2 * i] = firstPixel[i]! | (secondPixel[i]! << 16);
    packed[2 * i + 1] = thresholds[i]!;
  }
  return packed;
}

function toPoints(shape: Float32Array): Point[] {
  return Array.from({ length: shape.length / 2 }, (_, i): Point => [shape[i * 2]!, shape[i * 2 + 1]!]);
}
