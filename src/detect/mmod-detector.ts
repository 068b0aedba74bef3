import { expectation, FaceTriggerError, invalidArgument } from '../errors.ts';
import { type Box, boxFromCorners } from '../geometry/box.ts';
import { suppressOverlaps } from '../geometry/non-maximum-suppression.ts';
import { assertImage, type Image } from '../image/image.ts';
import { resizeImage } from '../image/resize-image.ts';
import {
  DETECTOR_INPUT,
  DETECTOR_OUTPUT,
  MMOD_FACTS_KEY,
  type MmodFacts,
} from '../models/convert-detector.ts';
import { loadModel } from '../models/load-model.ts';
import { readModelInfo } from '../onnx/read-model-info.ts';
import { OnnxSession } from '../runtime/session.ts';
import {
  type Detection,
  type DetectLargestOptions,
  type DetectOptions,
  type FaceDetector,
  largestDetection,
} from './face-detector.ts';
import { DEFAULT_MAX_PIXELS, planScale } from './plan-scale.ts';
import { planStrips, type Strip, totalStride } from './plan-strips.ts';
import { fillPyramid, layoutPyramid, type Tile, type TiledLayout } from './tiled-pyramid.ts';

export interface MmodDetectorOptions {
  /** A user's own dlib .dat detector or one that `models convert` wrote. @defaultValue the package's */
  readonly modelPath?: string | undefined;
  /** Threads of one detection. @defaultValue the machine's, at most 4 */
  readonly threads?: number | undefined;
  /**
   * Pixels of the pyramid plane that go through the network at once, an integer >= 1. Fewer need less memory and
   * give the same answers. @defaultValue {@link DEFAULT_STRIP_PIXELS}
   */
  readonly stripPixels?: number | undefined;
}

/** dlib maps a point one level up with v * 6/5 + 0.3 (`pyramid_down<6>::point_up`). */
const LEVEL_UP_RATIO = 6 / 5;
const LEVEL_UP_OFFSET = 0.3;
/** Bounds the network's memory, see {@link MmodDetector}. */
export const DEFAULT_STRIP_PIXELS = 4_000_000;
/** Largest minFaceSize that {@link planScale} takes. */
const MAX_FACE_SIZE = 10_000;

/**
 * dlib's CNN face detector (max-margin object detection): exact at the native setting, scaled for speed or small
 * faces by `minFaceSize`.
 *
 * @remarks At `minFaceSize` 80, the size of the sliding window, boxes equal native dlib's but for roundings at .5
 * and scores within 1e-4. Memory: about 12 bytes for each pixel of the pyramid plane (3.9 times the scaled image)
 * and at most 250 MB for the network, which sees large planes in strips. Source: King, "Max-Margin Object
 * Detection", arXiv 1502.00046.
 */
export class MmodDetector implements FaceDetector {
  readonly #session: OnnxSession;
  readonly #facts: MmodFacts;
  readonly #stripPixels: number;
  readonly #plane = new PlanePool();

  private constructor(session: OnnxSession, facts: MmodFacts, stripPixels: number) {
    this.#session = session;
    this.#facts = facts;
    this.#stripPixels = stripPixels;
  }

  /** @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH`, `ERR_INVALID_ARGUMENT` */
  static async create(options: MmodDetectorOptions = {}): Promise<MmodDetector> {
    const { stripPixels = DEFAULT_STRIP_PIXELS } = options;
    if (!(Number.isInteger(stripPixels) && stripPixels >= 1)) {
      throw invalidArgument('an integer >= 1', 'options.stripPixels', stripPixels);
    }
    const model = await loadModel('detector', options.modelPath);
    const facts = readFacts(model.bytes);
    const session = await OnnxSession.create(model.bytes, { threads: options.threads });
    return new MmodDetector(session, facts, stripPixels);
  }

  /**
   * @param image - gray or RGB
   * @param options.minFaceSize - in pixels. Below 80 the image is enlarged, above it is shrunk.
   * @defaultValue 80; larger for images above {@link DEFAULT_MAX_PIXELS}
   * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`, `ERR_IMAGE_TOO_LARGE` if the image at
   * the wanted scale is above {@link MAX_SCALED_PIXELS}
   */
  async detect(image: Image, options: DetectOptions = {}): Promise<Detection[]> {
    assertImage(image);
    const { minScore = 0, maxFaces = Number.POSITIVE_INFINITY } = options;
    if (typeof minScore !== 'number' || Number.isNaN(minScore)) {
      throw invalidArgument('a number', 'options.minScore', minScore);
    }
    if (!(maxFaces >= 1)) throw invalidArgument('a number >= 1', 'options.maxFaces', maxFaces);
    const scaled = planScale(image, this.#facts.window.width, options.minFaceSize);
    const isNative = scaled.width === image.width && scaled.height === image.height;
    const input = isNative ? image : resizeImage(image, scaled);
    const windows = await this.#scan(input, minScore);
    const kept = suppressOverlaps(windows, {
      maxOverlap: this.#facts.nmsIou,
      maxCovered: this.#facts.nmsPercentCovered,
    }).slice(0, maxFaces);
    if (isNative) return kept;
    return kept.map(({ box, score }) => ({ box: scaleBox(box, image, input), score }));
  }

  async detectLargest(image: Image, options: DetectLargestOptions = {}): Promise<Detection | null> {
    const { minAreaRatio = 0 } = options;
    const detections = await this.detect(image, {
      ...options,
      minFaceSize: options.minFaceSize ?? this.#sizeForRatio(image, minAreaRatio),
    });
    return largestDetection(detections, image, minAreaRatio);
  }

  async dispose(): Promise<void> {
    await this.#session.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  /** A face of the wanted share of the frame cannot be smaller than this, so nothing smaller need be looked for. */
  #sizeForRatio(image: Image, minAreaRatio: number): number | undefined {
    const pixels = image.width * image.height;
    const side = Math.min(MAX_FACE_SIZE, Math.sqrt(minAreaRatio * pixels));
    // The default is never searched more finely than planScale would do by itself.
    const usual = this.#facts.window.width * Math.max(1, Math.sqrt(pixels / DEFAULT_MAX_PIXELS));
    return side > usual ? side : undefined;
  }

  /** All windows that score above the minimum, best first, in pixels of the scaled image. */
  async #scan(image: Image, minScore: number): Promise<Detection[]> {
    const layout = layoutPyramid(image.width, image.height);
    const map = mapSize(layout, this.#facts);
    if (map.width < 1 || map.height < 1) return [];
    const plane = this.#plane.take(layout);
    try {
      fillPyramid(plane, layout, { image, averages: this.#facts.averages });
      const found: Detection[] = [];
      const { convs } = this.#facts;
      const strips = planStrips({
        plane: layout,
        mapHeight: map.height,
        convs,
        stripPixels: this.#stripPixels,
      });
      for (const strip of strips) {
        const scores = await this.#score(plane, layout, strip);
        this.#collect(scores, strip, layout, minScore, found);
      }
      return found.sort((a, b) => b.score - a.score);
    } finally {
      this.#plane.give(layout, plane);
    }
  }

  async #score(plane: Float32Array, layout: TiledLayout, strip: Strip): Promise<ScoreMap> {
    const rows = strip.lastRow - strip.firstRow + 1;
    const isWhole = rows === layout.height;
    const data = isWhole ? plane : copyRows(plane, layout, strip);
    const feeds = { [DETECTOR_INPUT]: { type: 'float32' as const, dims: [1, 3, rows, layout.width], data } };
    const output = (await this.#session.run(feeds))[DETECTOR_OUTPUT]!;
    return { data: output.data as Float32Array, width: output.dims[3]!, height: output.dims[2]! };
  }

  #collect(scores: ScoreMap, strip: Strip, layout: TiledLayout, minScore: number, found: Detection[]): void {
    const stride = totalStride(this.#facts.convs);
    const firstCell = strip.firstRow / stride;
    for (let row = strip.firstCell; row <= strip.lastCell; row++) {
      const offset = (row - firstCell) * scores.width;
      for (let column = 0; column < scores.width; column++) {
        const score = scores.data[offset + column]!;
        if (score > minScore) found.push({ box: this.#windowBox(column, row, layout), score });
      }
    }
  }

  /** The box of a cell of the score map, in pixels of the image, rounded as dlib rounds. */
  #windowBox(column: number, row: number, layout: TiledLayout): Box {
    let x = column;
    let y = row;
    for (let i = this.#facts.convs.length - 1; i >= 0; i--) {
      const { kernel, stride, padding } = this.#facts.convs[i]!;
      x = x * stride - padding + Math.floor(kernel / 2);
      y = y * stride - padding + Math.floor(kernel / 2);
    }
    const level = nearestTile(layout.tiles, x, y);
    const tile = layout.tiles[level]!;
    const halfWidth = (this.#facts.window.width - 1) / 2;
    const halfHeight = (this.#facts.window.height - 1) / 2;
    return boxFromCorners(
      roundAwayFromZero(levelsUp(x - halfWidth - tile.left, level)),
      roundAwayFromZero(levelsUp(y - halfHeight - tile.top, level)),
      roundAwayFromZero(levelsUp(x + halfWidth - tile.left, level)),
      roundAwayFromZero(levelsUp(y + halfHeight - tile.top, level)),
    );
  }
}

interface ScoreMap {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

function mapSize(layout: TiledLayout, facts: MmodFacts): { width: number; height: number } {
  let { width, height } = layout;
  for (const { kernel, stride, padding } of facts.convs) {
    width = Math.floor((width + 2 * padding - kernel) / stride) + 1;
    height = Math.floor((height + 2 * padding - kernel) / stride) + 1;
    if (width < 1 || height < 1) return { width: 0, height: 0 };
  }
  return { width, height };
}

function copyRows(plane: Float32Array, layout: TiledLayout, strip: Strip): Float32Array {
  const rows = strip.lastRow - strip.firstRow + 1;
  const area = layout.width * layout.height;
  const size = rows * layout.width;
  const copy = new Float32Array(3 * size);
  for (let channel = 0; channel < 3; channel++) {
    const start = channel * area + strip.firstRow * layout.width;
    copy.set(plane.subarray(start, start + size), channel * size);
  }
  return copy;
}

function nearestTile(tiles: readonly Tile[], x: number, y: number): number {
  let nearest = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < tiles.length; i++) {
    const tile = tiles[i]!;
    const dx = Math.max(tile.left - x, 0, x - (tile.left + tile.width - 1));
    const dy = Math.max(tile.top - y, 0, y - (tile.top + tile.height - 1));
    const distance = dx * dx + dy * dy;
    if (distance < least) {
      least = distance;
      nearest = i;
    }
  }
  return nearest;
}

function levelsUp(value: number, levels: number): number {
  for (let i = 0; i < levels; i++) value = value * LEVEL_UP_RATIO + LEVEL_UP_OFFSET;
  return value;
}

function roundAwayFromZero(value: number): number {
  return value < 0 ? -Math.round(-value) : Math.round(value);
}

function scaleBox(box: Box, image: Image, scaled: Image): Box {
  const x = image.width / scaled.width;
  const y = image.height / scaled.height;
  const left = Math.round(box.left * x);
  const top = Math.round(box.top * y);
  const right = Math.round((box.left + box.width) * x);
  const bottom = Math.round((box.top + box.height) * y);
  return { left, top, width: right - left, height: bottom - top };
}

/**
 * Keeps the last plane for the next image of the same size: what lies outside the tiles stays zero, and a stream
 * of frames allocates nothing.
 */
class PlanePool {
  #width = 0;
  #height = 0;
  #plane: Float32Array | null = null;

  take(layout: TiledLayout): Float32Array {
    const plane = this.#plane;
    this.#plane = null;
    if (plane !== null && this.#width === layout.width && this.#height === layout.height) return plane;
    return new Float32Array(3 * layout.width * layout.height);
  }

  give(layout: TiledLayout, plane: Float32Array): void {
    this.#width = layout.width;
    this.#height = layout.height;
    this.#plane = plane;
  }
}

function readFacts(model: Uint8Array): MmodFacts {
  const { metadata, outputs } = readModelInfo(model);
  const output = outputs.find(({ name }) => name === DETECTOR_OUTPUT);
  if (output?.type !== 'float32' || output.shape.length !== 4) {
    const expected = `an output "${DETECTOR_OUTPUT}" float32 [n, 1, rows, columns]`;
    throw new FaceTriggerError('ERR_MODEL_FORMAT', expectation(expected, 'the detector model', outputs));
  }
  return parseFacts(metadata.get(MMOD_FACTS_KEY));
}

function parseFacts(json: string | undefined): MmodFacts {
  try {
    const facts = JSON.parse(json ?? '') as MmodFacts;
    const numbers = [facts.window.width, facts.window.height, facts.nmsIou, facts.nmsPercentCovered];
    numbers.push(
      ...facts.averages,
      ...facts.convs.flatMap((conv) => [conv.kernel, conv.stride, conv.padding]),
    );
    const isSane =
      numbers.every((value) => Number.isFinite(value) && value >= 0 && value <= 10_000) &&
      facts.averages.length === 3 &&
      facts.convs.length <= 100 &&
      facts.convs.every(
        ({ kernel, stride, padding }) =>
          kernel >= 1 && stride >= 1 && [kernel, stride, padding].every(Number.isInteger),
      ) &&
      facts.window.width >= 1;
    if (isSane) return facts;
  } catch {
    // falls through to the one error below
  }
  const message = expectation('the decoding facts that "models convert" writes', 'the detector model', json);
  throw new FaceTriggerError('ERR_MODEL_FORMAT', message);
}
