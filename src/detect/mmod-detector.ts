import { invalidArgument } from '../errors.ts';
import { scaleBox } from '../geometry/box.ts';
import { suppressOverlaps } from '../geometry/non-maximum-suppression.ts';
import { assertImage, type Image } from '../image/image.ts';
import { resizeImage } from '../image/resize-image.ts';
import type { MmodFacts } from '../models/detector-layers.ts';
import { loadModel } from '../models/load-model.ts';
import { BLOCK_DETECTOR_INPUT } from '../models/quantize-detector.ts';
import { readModelInfo } from '../onnx/read-model-info.ts';
import { OnnxSession } from '../runtime/session.ts';
import {
  type Detection,
  type DetectLargestOptions,
  type DetectOptions,
  type FaceDetector,
  largestDetection,
} from './face-detector.ts';
import { LevelScanner } from './level-scanner.ts';
import { readFacts } from './mmod-facts.ts';
import { DEFAULT_MAX_PIXELS, planScale } from './plan-scale.ts';
import { PlaneScanner } from './plane-scanner.ts';
import type { WindowScanner } from './window-scanner.ts';

/** How faces are looked for: as native dlib does, or about four times as fast with boxes a few pixels apart. */
export type DetectionMode = 'exact' | 'fast';

export interface MmodDetectorOptions {
  /**
   * 'exact': native dlib's boxes and scores. 'fast': the same network in bytes, on every second level of the pyramid.
   * @defaultValue 'exact'
   */
  readonly mode?: DetectionMode | undefined;
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
  readonly #scanner: WindowScanner;

  private constructor(session: OnnxSession, facts: MmodFacts, scanner: WindowScanner) {
    this.#session = session;
    this.#facts = facts;
    this.#scanner = scanner;
  }

  /** @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH`, `ERR_INVALID_ARGUMENT` */
  static async create(options: MmodDetectorOptions = {}): Promise<MmodDetector> {
    const { mode = 'exact', stripPixels = DEFAULT_STRIP_PIXELS } = options;
    if (mode !== 'exact' && mode !== 'fast') throw invalidArgument("'exact' or 'fast'", 'options.mode', mode);
    if (!(Number.isInteger(stripPixels) && stripPixels >= 1)) {
      throw invalidArgument('an integer >= 1', 'options.stripPixels', stripPixels);
    }
    const precision = mode === 'fast' ? 'int8' : 'fp32';
    const model = await loadModel('detector', options.modelPath, { precision });
    const info = readModelInfo(model.bytes);
    const facts = readFacts(info);
    const session = await OnnxSession.create(model.bytes, { threads: options.threads });
    const takesBytes = info.inputs[0]?.name === BLOCK_DETECTOR_INPUT;
    const Scanner = takesBytes ? LevelScanner : PlaneScanner;
    return new MmodDetector(session, facts, new Scanner(session, facts, stripPixels));
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
    const windows = await this.#scanner.scan(input, minScore);
    const kept = suppressOverlaps(windows, {
      maxOverlap: this.#facts.nmsIou,
      maxCovered: this.#facts.nmsPercentCovered,
    }).slice(0, maxFaces);
    if (isNative) return kept;
    const scale = { x: image.width / input.width, y: image.height / input.height };
    return kept.map(({ box, score }) => ({ box: scaleBox(box, scale), score }));
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
}
