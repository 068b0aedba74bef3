import { searchedFaceSize } from '../core/detect/default-face-size.ts';
import type { Detection, DetectOptions, FaceDetector } from '../core/detect/face-detector.ts';
import type { Box } from '../core/geometry/box.ts';
import type { Image } from '../core/image/image.ts';
import type { LandmarkDetector, LandmarkOptions } from '../core/landmark/landmark-detector.ts';
import type { Face } from '../core/pipeline/face.ts';
import { findTurnedFaces } from '../core/pipeline/find-turned-faces.ts';
import type { SeenFace } from '../core/pipeline/seen-face.ts';
import { type DetectionMode, MmodDetector } from '../models/dlib/detector/mmod-detector.ts';
import { RegressionTreeLandmarks } from '../models/dlib/landmarks/regression-tree-landmarks.ts';

export interface FaceFinderOptions {
  /** Paths of a user's own models. @defaultValue the package's */
  readonly detectorModelPath?: string | undefined;
  readonly landmarkModelPath?: string | undefined;
  /** 'exact': native dlib's boxes. 'fast': about four times as fast, boxes a few pixels apart. @defaultValue 'exact' */
  readonly detection?: DetectionMode | undefined;
  /** Threads of one run. @defaultValue the machine's, at most 4 */
  readonly threads?: number | undefined;
}

export interface FindOptions extends DetectOptions, LandmarkOptions {
  /**
   * Also find faces that lie on their side or stand on their head, as in scans and photos that do not say which way is
   * up. @defaultValue true
   */
  readonly turned?: boolean | undefined;
}

/** Boxes of the coarse ladder lie less exactly, which a second look at the landmarks makes up for. */
const COARSE_PASSES = 2;
/** Smaller boxes than dlib's window come from enlarged levels, which are coarse in exact detection too. */
const SMALLEST_EXACT_BOX = 76;

/** Finds faces and their landmarks, without embedding or naming them; starts faster than a FacePipeline. */
export class FaceFinder implements AsyncDisposable {
  /** Finds the faces. */
  readonly detector: FaceDetector;
  /** Finds the landmarks in a face. */
  readonly landmarkDetector: LandmarkDetector;
  readonly #isFast: boolean;
  readonly #openQuick: (() => Promise<FaceDetector>) | null;
  #quick: Promise<FaceDetector> | null = null;

  private constructor(
    parts: { readonly detector: FaceDetector; readonly landmarkDetector: LandmarkDetector },
    settings: { readonly isFast: boolean; readonly openQuick: (() => Promise<FaceDetector>) | null },
  ) {
    this.detector = parts.detector;
    this.landmarkDetector = parts.landmarkDetector;
    this.#isFast = settings.isFast;
    this.#openQuick = settings.openQuick;
  }

  /** @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH` */
  static async create(options: FaceFinderOptions = {}): Promise<FaceFinder> {
    const { detectorModelPath, landmarkModelPath, detection, threads } = options;
    const landmarkDetector = await RegressionTreeLandmarks.create(landmarkModelPath);
    const detector = await MmodDetector.create({ modelPath: detectorModelPath, mode: detection, threads });
    const isFast = detection === 'fast';
    // A user's own model has no fast version.
    const hasQuick = !isFast && detectorModelPath === undefined;
    return new FaceFinder(
      { detector, landmarkDetector },
      {
        isFast,
        openQuick: hasQuick ? () => MmodDetector.create({ mode: 'fast', threads }) : null,
      },
    );
  }

  /**
   * @param image - gray or RGB
   * @returns all faces with box, score and landmarks, best first; `[]` when there are none
   * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`, `ERR_IMAGE_TOO_LARGE`
   * @remarks Without `minFaceSize`, {@link searchedFaceSize} says which faces are looked for.
   */
  async find(image: Image, options: FindOptions = {}): Promise<Face[]> {
    const minFaceSize = searchedFaceSize(image, options.minFaceSize);
    if (options.turned === false) {
      const detections = await this.detector.detect(image, { ...options, minFaceSize });
      return this.addLandmarks(image, detections, options);
    }
    const look = (detector: FaceDetector) => (picture: Image, smallest: number) =>
      this.#see(detector, picture, { ...options, minFaceSize: smallest });
    const faces = await findTurnedFaces(image, {
      minFaceSize,
      seen: await look(this.detector)(image, minFaceSize),
      look: look(this.detector),
      glance: async (picture, smallest) => look(await this.#glancer())(picture, smallest),
    });
    return faces
      .slice(0, options.maxFaces)
      .map(({ box, score, landmarks, turn }) => ({ box, score, landmarks, ...(turn !== 0 && { turn }) }));
  }

  /** Adds the landmarks of faces that are already found and stand upright. */
  addLandmarks(image: Image, detections: readonly Detection[], options: LandmarkOptions = {}): Face[] {
    return detections.map(({ box, score }) => ({
      box,
      score,
      landmarks: this.landmarkDetector.detect(image, box, {
        ...options,
        passes: options.passes ?? this.#passesFor(box),
      }),
    }));
  }

  /** Frees the native models. Calling it again does nothing. */
  async dispose(): Promise<void> {
    await this.detector.dispose();
    await (await this.#quick)?.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #see(detector: FaceDetector, image: Image, options: FindOptions): Promise<SeenFace[]> {
    const detections = await detector.detect(image, options);
    return detections.map((detection) => {
      const passes = options.passes ?? this.#passesFor(detection.box);
      const located = this.landmarkDetector.locate(image, detection.box, { ...options, passes });
      return { ...detection, ...located, turn: 0 };
    });
  }

  #passesFor({ width }: Box): number {
    return this.#isFast || width < SMALLEST_EXACT_BOX ? COARSE_PASSES : 1;
  }

  /** The fast detector, opened when it is first wanted. */
  #glancer(): FaceDetector | Promise<FaceDetector> {
    if (this.#openQuick === null) return this.detector;
    this.#quick ??= this.#openQuick();
    return this.#quick;
  }
}
