import {
  type Detection,
  type DetectLargestOptions,
  type DetectOptions,
  type DetectorProfile,
  type FaceDetector,
  largestDetection,
} from '../../../core/detect/face-detector.ts';
import { DEFAULT_MAX_PIXELS, planScale } from '../../../core/detect/plan-scale.ts';
import { invalidArgument } from '../../../core/errors.ts';
import { suppressOverlaps } from '../../../core/geometry/non-maximum-suppression.ts';
import { assertImage, type Image } from '../../../core/image/image.ts';
import type { Runtime, RuntimeSession } from '../../../core/runtime/runtime.ts';
import { readModelInfo } from '../../../onnx/read-model-info.ts';
import { assertParts } from '../../assert-parts.ts';
import { ExactScanner } from './exact-scanner.ts';
import { FINE_LADDER } from './level-ladder.ts';
import { LevelScanner } from './level-scanner.ts';
import { readFacts } from './mmod-facts.ts';
import { BLOCK_DETECTOR_INPUT, type MmodFacts } from './mmod-format.ts';
import { PlaneScanner } from './plane-scanner.ts';
import type { WindowScanner } from './window-scanner.ts';

/** The networks that an {@link MmodDetector} looks with. */
export interface MmodModels {
  /** Name of the model. */
  readonly id: string;
  /** ONNX file of the float network, which finds the same boxes as native dlib, or of the quantized one, which is faster. */
  readonly network: Uint8Array;
  /** The quantized network, which sees small faces in enlarged pictures. @defaultValue `network` does that */
  readonly quantized?: (() => Promise<Uint8Array>) | undefined;
  /** What takes the place of the family's own facts. */
  readonly facts?: Partial<Omit<DetectorProfile, 'id'>> | undefined;
}

export interface MmodDetectorOptions {
  readonly runtime: Runtime;
  /** Threads of one detection. @defaultValue the runtime's choice */
  readonly threads?: number | undefined;
  /**
   * Pixels of the pyramid plane that go through the network at once, an integer >= 1. Fewer need less memory and
   * give the same answers. @defaultValue {@link DEFAULT_STRIP_PIXELS}
   */
  readonly stripPixels?: number | undefined;
}

/** Bounds the network's memory, see {@link MmodDetector}. */
export const DEFAULT_STRIP_PIXELS = 4_000_000;
/** 95 of 100 upright faces score 0.97 and more, 93 of 100 of those on their side less. */
const SCORES = { uprightScore: 0.97, steadyScore: 0.7, clearScore: 0.4 } as const;
/** Median against RetinaFace's boxes, on 40 photos of the goldens: dlib's are squares from the brows to the chin. */
const WHOLE_FACE = { across: 0.95, down: 1.28 } as const;
/** Smaller boxes than dlib's window come from enlarged levels, which are coarse in exact detection too. */
const SMALLEST_EXACT_BOX = 76;
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
  readonly profile: DetectorProfile;
  readonly #facts: MmodFacts;
  readonly #scanner: WindowScanner;

  private constructor(profile: DetectorProfile, facts: MmodFacts, scanner: WindowScanner) {
    this.profile = profile;
    this.#facts = facts;
    this.#scanner = scanner;
  }

  /** @throws FaceTriggerError `ERR_MODEL_FORMAT`, `ERR_INVALID_ARGUMENT` */
  static async create(models: MmodModels, options: MmodDetectorOptions): Promise<MmodDetector> {
    assertParts(models, options, 'openDetector');
    const { stripPixels = DEFAULT_STRIP_PIXELS } = options;
    if (!(Number.isInteger(stripPixels) && stripPixels >= 1)) {
      throw invalidArgument('an integer >= 1', 'options.stripPixels', stripPixels);
    }
    const { id, quantized } = models;
    const network = await openNetwork(models.network, options);
    const { session, facts, takesBytes } = network;
    const roughBelow = takesBytes ? Number.POSITIVE_INFINITY : SMALLEST_EXACT_BOX;
    const sizes = { roughBelow, smallestFace: facts.window.width, wholeFace: WHOLE_FACE };
    const profile = { ...SCORES, ...sizes, ...models.facts, id };
    if (takesBytes) return new MmodDetector(profile, facts, levelScanner(network, stripPixels));
    const native = new PlaneScanner(session, facts, stripPixels);
    // The enlarged levels hold most of the pixels: the quantized network looks at them, where there is one.
    const openEnlarged = async () =>
      levelScanner(quantized ? await openNetwork(await quantized(), options) : network, stripPixels);
    return new MmodDetector(profile, facts, new ExactScanner(native, openEnlarged));
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
    const { minScore = this.profile.minScore ?? 0, maxFaces = Number.POSITIVE_INFINITY } = options;
    if (typeof minScore !== 'number' || Number.isNaN(minScore)) {
      throw invalidArgument('a number', 'options.minScore', minScore);
    }
    if (!(maxFaces >= 1)) throw invalidArgument('a number >= 1', 'options.maxFaces', maxFaces);
    const scale = planScale(image, this.#facts.window.width, options.minFaceSize);
    const windows = await this.#scanner.scan(image, { scale, minScore });
    const { nmsIou, nmsPercentCovered } = this.#facts;
    return suppressOverlaps(windows, { maxOverlap: nmsIou, maxCovered: nmsPercentCovered }).slice(
      0,
      maxFaces,
    );
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
    await this.#scanner.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  /**
   * A face of the wanted share of the frame cannot be much smaller than this, so nothing smaller need be looked for. A
   * little smaller: the windows below must compete, or one too large would stand for the face.
   */
  #sizeForRatio(image: Image, minAreaRatio: number): number | undefined {
    const pixels = image.width * image.height;
    const side = Math.min(MAX_FACE_SIZE, Math.sqrt(minAreaRatio * pixels) * FINE_LADDER.ratio);
    // The default is never searched more finely than planScale would do by itself.
    const usual = this.#facts.window.width * Math.max(1, Math.sqrt(pixels / DEFAULT_MAX_PIXELS));
    return side > usual ? side : undefined;
  }
}

interface Network {
  readonly session: RuntimeSession;
  readonly facts: MmodFacts;
  /** Takes blocks of bytes instead of planes of floats. */
  readonly takesBytes: boolean;
}

async function openNetwork(bytes: Uint8Array, { runtime, threads }: MmodDetectorOptions): Promise<Network> {
  const info = readModelInfo(bytes);
  const facts = readFacts(info);
  const session = await runtime.createSession(bytes, { threads });
  return { session, facts, takesBytes: info.inputs[0]?.name === BLOCK_DETECTOR_INPUT };
}

function levelScanner({ session, facts, takesBytes }: Network, stripPixels: number): LevelScanner {
  return new LevelScanner(session, { facts, stripPixels, input: takesBytes ? 'blocks' : 'floats' });
}
