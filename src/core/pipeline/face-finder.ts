import { searchedFaceSize } from '../detect/default-face-size.ts';
import type { Detection, DetectOptions, FaceDetector } from '../detect/face-detector.ts';
import { FaceTriggerError } from '../errors.ts';
import type { Image } from '../image/image.ts';
import type { LandmarkDetector, LandmarkOptions } from '../landmark/landmark-detector.ts';
import type { Landmarks } from '../landmark/landmarks.ts';
import { checkFaces } from '../liveness/check-faces.ts';
import type { LivenessDetector } from '../liveness/liveness-detector.ts';
import { facePose } from '../quality/face-quality.ts';
import type { Face } from './face.ts';
import { findTurnedFaces } from './find-turned-faces.ts';
import type { SeenFace } from './seen-face.ts';

/** What finds faces. */
export interface FinderParts {
  readonly detector: FaceDetector;
  /** May be absent where the detector gives the landmarks that are wanted. */
  readonly landmarkDetector?: LandmarkDetector | null | undefined;
  /** Opens a faster detector, which is asked which way up a picture is. @defaultValue the detector itself */
  readonly openGlancer?: (() => Promise<FaceDetector>) | null | undefined;
  /**
   * Names of the layouts of landmarks that are of use, such as `layoutsOf` an embedder's chip.
   *
   * @defaultValue the landmark detector's, else whatever the detector gives
   */
  readonly layouts?: readonly string[] | undefined;
  /** Says of each face whether it is live. @defaultValue none: nothing is said */
  readonly liveness?: LivenessDetector | null | undefined;
}

export interface FindOptions extends DetectOptions, LandmarkOptions {
  /**
   * Also find faces that lie on their side or stand on their head, as in scans and photos that do not say which way is
   * up. @defaultValue true
   */
  readonly turned?: boolean | undefined;
  /** Check whether faces are live, where the finder can. @defaultValue true */
  readonly liveness?: boolean | undefined;
}

/** Landmarks in a box that lies badly are looked for so often. */
const ROUGH_PASSES = 2;
/** A score below this counts as little as this. */
const LEAST_SCORE = 0.01;
/** Networks are surer than they can know. */
const MAX_ODDS = 1000;

/** Faces that lean by less than 45 degrees stand upright: a quarter turn would make them lean more. */
const LEAST_UPRIGHTNESS = Math.SQRT1_2;

/** Finds faces and their landmarks, without embedding or naming them. */
export class FaceFinder implements AsyncDisposable {
  /** Finds the faces. */
  readonly detector: FaceDetector;
  /** Finds the landmarks in a face; `null` where the detector gives them. */
  readonly landmarkDetector: LandmarkDetector | null;
  /** Says whether a face is live; `null` where nothing can. */
  readonly liveness: LivenessDetector | null;
  readonly #layouts: readonly string[] | undefined;
  readonly #openGlancer: (() => Promise<FaceDetector>) | null;
  #glancer: Promise<FaceDetector> | null = null;

  /** @throws FaceTriggerError `ERR_MODEL_MISMATCH` if the landmark detector gives others than those that are wanted */
  constructor({
    detector,
    landmarkDetector = null,
    openGlancer = null,
    layouts,
    liveness = null,
  }: FinderParts) {
    const given = landmarkDetector?.profile.layout.name;
    if (given !== undefined && layouts && !layouts.includes(given)) {
      const message = `Expected a landmark model of the layout ${quoted(layouts)} but received "${given}"`;
      throw new FaceTriggerError('ERR_MODEL_MISMATCH', message);
    }
    this.detector = detector;
    this.landmarkDetector = landmarkDetector;
    this.liveness = liveness;
    this.#layouts = layouts ?? (given === undefined ? undefined : [given]);
    this.#openGlancer = openGlancer;
  }

  /**
   * @param image - gray or RGB
   * @returns all faces with box, score and landmarks, best first; `[]` when there are none
   * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`, `ERR_IMAGE_TOO_LARGE`;
   * `ERR_MODEL_MISMATCH` where nothing gives the landmarks that are wanted
   * @remarks Without `minFaceSize`, {@link searchedFaceSize} says which faces are looked for.
   */
  async find(image: Image, options: FindOptions = {}): Promise<Face[]> {
    const minFaceSize = searchedFaceSize(image, options.minFaceSize);
    if (options.turned === false) {
      const detections = await this.detector.detect(image, { ...options, minFaceSize });
      return this.checkLiveness(image, this.addLandmarks(image, detections, options), options);
    }
    const look = (detector: FaceDetector) => (picture: Image, smallest: number) =>
      this.#see(detector, picture, { ...options, minFaceSize: smallest });
    const faces = await findTurnedFaces(image, {
      minFaceSize,
      seen: await look(this.detector)(image, minFaceSize),
      look: look(this.detector),
      glance: async (picture, smallest) => look(await this.#openedGlancer())(picture, smallest),
    });
    const found = faces
      .slice(0, options.maxFaces)
      .map(({ box, score, landmarks, turn }) => ({ box, score, landmarks, ...(turn !== 0 && { turn }) }));
    return this.checkLiveness(image, found, options);
  }

  /** Says of faces that are already found whether they are live, where the finder can. */
  async checkLiveness(
    image: Image,
    faces: readonly Face[],
    { liveness = true }: { readonly liveness?: boolean | undefined } = {},
  ): Promise<Face[]> {
    return liveness && this.liveness
      ? checkFaces(this.liveness, image, faces, this.detector.profile.wholeFace)
      : [...faces];
  }

  /** Adds the landmarks of faces that are already found and stand upright. */
  addLandmarks(image: Image, detections: readonly Detection[], options: LandmarkOptions = {}): Face[] {
    return detections.map((detection) => {
      const { box, score } = detection;
      const own = this.#ownLandmarks(detection);
      const passes = options.passes ?? this.#passesFor(detection);
      const landmarks = own ?? this.#landmarker().detect(image, box, { ...options, passes });
      return { box, score, landmarks };
    });
  }

  /** Frees the models. Calling it again does nothing. */
  async dispose(): Promise<void> {
    await this.detector.dispose();
    await this.liveness?.dispose();
    await this.#glancer?.then(
      (glancer) => glancer.dispose(),
      () => undefined,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #see(detector: FaceDetector, image: Image, options: FindOptions): Promise<SeenFace[]> {
    const { uprightScore, steadyScore, clearScore, scores } = detector.profile;
    const detections = await detector.detect(image, options);
    return detections.map((detection) => {
      const { score } = detection;
      const { landmarks, fits, isStill, restlessness } = this.#locate(image, detection, options);
      return {
        ...detection,
        landmarks,
        isSteady: score >= steadyScore && (score >= uprightScore ? fits : isStill),
        isClear: score >= clearScore && fits,
        evidence: (scores === 'probabilities' ? oddsOf(score) : Math.max(score, LEAST_SCORE)) / restlessness,
        turn: 0,
      };
    });
  }

  /** Landmarks, and whether they stay where they are when they are looked for again. */
  #locate(image: Image, detection: Detection, options: FindOptions) {
    const own = this.#ownLandmarks(detection);
    // Nothing is known of how a detector's own landmarks drift, but they turn with the face.
    if (own) {
      const uprightness = Math.cos((facePose(own).roll * Math.PI) / 180);
      const isUpright = uprightness >= LEAST_UPRIGHTNESS;
      return {
        landmarks: own,
        fits: isUpright,
        isStill: isUpright,
        restlessness: 1 / Math.max(uprightness, LEAST_SCORE),
      };
    }
    const passes = options.passes ?? this.#passesFor(detection);
    const landmarker = this.#landmarker();
    const { landmarks, drift } = landmarker.locate(image, detection.box, { ...options, passes });
    const { steadyDrift, stillDrift, leastDrift } = landmarker.profile;
    return {
      landmarks,
      fits: drift <= steadyDrift,
      isStill: drift <= stillDrift,
      restlessness: Math.max(drift, leastDrift),
    };
  }

  #ownLandmarks({ landmarks }: Detection): Landmarks | null {
    if (!landmarks) return null;
    return this.#layouts?.includes(landmarks.layout.name) === false ? null : landmarks;
  }

  #landmarker(): LandmarkDetector {
    if (this.landmarkDetector !== null) return this.landmarkDetector;
    const wanted = this.#layouts ? `of the layout ${quoted(this.#layouts)}` : '';
    throw new FaceTriggerError(
      'ERR_MODEL_MISMATCH',
      `The detector "${this.detector.profile.id}" gives no landmarks ${wanted}, and there is no landmark model`,
    );
  }

  #passesFor({ box }: Detection): number {
    return box.width < this.detector.profile.roughBelow ? ROUGH_PASSES : 1;
  }

  /** The fast detector, opened when it is first wanted. */
  #openedGlancer(): FaceDetector | Promise<FaceDetector> {
    if (this.#openGlancer === null) return this.detector;
    this.#glancer ??= this.#openGlancer().catch((error: unknown) => {
      this.#glancer = null;
      throw error;
    });
    return this.#glancer;
  }
}

/** How much more likely it is a face than none. */
function oddsOf(probability: number): number {
  return Math.min(MAX_ODDS, Math.max(probability, LEAST_SCORE) / Math.max(1 - probability, 1 / MAX_ODDS));
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(' or ');
}
