import type { Detection, DetectOptions, FaceDetector } from '../detect/face-detector.ts';
import { type DetectionMode, MmodDetector } from '../detect/mmod-detector.ts';
import type { Image } from '../image/image.ts';
import type { LandmarkDetector, LandmarkOptions } from '../landmark/landmark-detector.ts';
import { RegressionTreeLandmarks } from '../landmark/regression-tree-landmarks.ts';
import type { Face } from './face.ts';

export interface FaceFinderOptions {
  /** Paths of a user's own models. @defaultValue the package's */
  readonly detectorModelPath?: string | undefined;
  readonly landmarkModelPath?: string | undefined;
  /** 'exact': native dlib's boxes. 'fast': about four times as fast, boxes a few pixels apart. @defaultValue 'exact' */
  readonly detection?: DetectionMode | undefined;
  /** Threads of one run. @defaultValue the machine's, at most 4 */
  readonly threads?: number | undefined;
}

export interface FindOptions extends DetectOptions, LandmarkOptions {}

/** A photo with no face found and no more pixels than this is searched once more for faces half as large. */
export const RETRY_MAX_PIXELS = 250_000;
const RETRY_MIN_FACE_SIZE = 40;
/** The fast detector's boxes lie less exactly, which a second look at the landmarks makes up for. */
const FAST_PASSES = 2;

/** Finds faces and their landmarks, without embedding or naming them; starts faster than a FacePipeline. */
export class FaceFinder implements AsyncDisposable {
  /** Finds the faces. */
  readonly detector: FaceDetector;
  /** Finds the landmarks in a face. */
  readonly landmarkDetector: LandmarkDetector;
  readonly #passes: number;

  private constructor(detector: FaceDetector, landmarkDetector: LandmarkDetector, passes: number) {
    this.detector = detector;
    this.landmarkDetector = landmarkDetector;
    this.#passes = passes;
  }

  /** @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH` */
  static async create(options: FaceFinderOptions = {}): Promise<FaceFinder> {
    const { detectorModelPath, landmarkModelPath, detection, threads } = options;
    const landmarkDetector = await RegressionTreeLandmarks.create(landmarkModelPath);
    return new FaceFinder(
      await MmodDetector.create({ modelPath: detectorModelPath, mode: detection, threads }),
      landmarkDetector,
      detection === 'fast' ? FAST_PASSES : 1,
    );
  }

  /**
   * @param image - gray or RGB
   * @returns all faces with box, score and landmarks, best first; `[]` when there are none
   * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`, `ERR_IMAGE_TOO_LARGE`
   * @remarks Without `minFaceSize`, faces of 80 pixels and more are found; see {@link RETRY_MAX_PIXELS} for small
   * photos and DEFAULT_MAX_PIXELS for large ones.
   */
  async find(image: Image, options: FindOptions = {}): Promise<Face[]> {
    return this.addLandmarks(image, await this.#detect(image, options), options);
  }

  /** Adds the landmarks of faces that are already found. */
  addLandmarks(image: Image, detections: readonly Detection[], options: LandmarkOptions = {}): Face[] {
    return detections.map(({ box, score }) => ({
      box,
      score,
      landmarks: this.landmarkDetector.detect(image, box, {
        ...options,
        passes: options.passes ?? this.#passes,
      }),
    }));
  }

  /** Frees the native models. Calling it again does nothing. */
  async dispose(): Promise<void> {
    await this.detector.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #detect(image: Image, options: DetectOptions): Promise<Detection[]> {
    const detections = await this.detector.detect(image, options);
    const isSmall = image.width * image.height <= RETRY_MAX_PIXELS;
    if (detections.length > 0 || options.minFaceSize !== undefined || !isSmall) return detections;
    return this.detector.detect(image, { ...options, minFaceSize: RETRY_MIN_FACE_SIZE });
  }
}
