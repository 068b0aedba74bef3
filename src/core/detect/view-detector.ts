import { invalidArgument } from '../errors.ts';
import { type Box, boxArea } from '../geometry/box.ts';
import { suppressByIou } from '../geometry/non-maximum-suppression.ts';
import type { Size } from '../geometry/quarter-turn.ts';
import { frameImage } from '../image/frame-image.ts';
import { assertImage, type Image } from '../image/image.ts';
import { resizeImage } from '../image/resize-image.ts';
import { mapLandmarks } from '../landmark/landmarks.ts';
import type { Runtime, RuntimeSession } from '../runtime/runtime.ts';
import {
  type Detection,
  type DetectLargestOptions,
  type DetectOptions,
  type DetectorProfile,
  type FaceDetector,
  largestDetection,
} from './face-detector.ts';
import { assertViewFacts, planViews, type View, type ViewFacts } from './plan-views.ts';
import { InputBuffers, ShownView } from './shown-view.ts';

/** A network that is shown a picture and says what it sees. */
export interface ViewNetwork {
  readonly views: ViewFacts;
  /** Boxes that overlap more are one face. */
  readonly maxIou: number;
  /**
   * @param picture - gray or RGB, at most of the window's size
   * @returns all that scores above `minScore`, in its pixels, in any order
   */
  look(picture: Image, minScore: number): Promise<Detection[]>;
  /** Frees the network. Calling it again does nothing. */
  dispose(): Promise<void>;
}

/** What a family of networks knows of its answers; a pack may know better. */
export type ViewDetectorFacts = Required<
  Omit<DetectorProfile, 'id' | 'scores' | 'minScore' | 'smallestFace' | 'largestFace' | 'wholeFace'>
> &
  Pick<DetectorProfile, 'wholeFace'> & {
    readonly [key in 'minScore' | 'smallestFace' | 'largestFace']: number;
  };

/** A model file with its name and what is known of it beyond its family. */
export interface ViewModel {
  readonly profile: Partial<ViewDetectorFacts> & { readonly id: string };
  readonly bytes: Uint8Array;
}

/** How the networks of a family are shown pictures, and what they answer. */
export interface ViewFamily {
  readonly facts: ViewDetectorFacts;
  readonly views: Omit<ViewFacts, 'smallestFace' | 'largestFace'>;
  readonly maxIou: number;
  /** As {@link ViewNetwork.look}. */
  look(session: RuntimeSession, picture: Image, minScore: number): Promise<Detection[]>;
}

/** Of a view, no more are compared with each other: a bound of the time that a low `minScore` takes. */
const MAX_CANDIDATES = 5000;
/** Boxes nearer than this to an edge that cuts the picture are cut too, in pixels of the picture. */
const EDGE = 2;
/** So many of the smallest faces lie side by side in a picture that is looked at from afar. */
const AFAR_FACES = 8;
/** What is put around it, as a share of its longer side. */
const AFAR_BORDER = 0.25;
/** Of its narrower side: smaller faces would have been seen in the picture itself. */
const LEAST_AFAR = 0.5;
/** Parts of one face that two levels see overlap by this share of the smaller one. */
const MAX_SHARED = 0.5;

/**
 * Finds faces with a network that sees pictures of a size, in pictures of any size: what is shown to it follows from
 * `minFaceSize` by {@link planViews}.
 *
 * @remarks Scores are probabilities. A face is as large as the root of its box's area. Faces smaller than a given `minFaceSize` are left out.
 */
export class ViewDetector implements FaceDetector {
  readonly profile: DetectorProfile;
  readonly #network: ViewNetwork;
  readonly #buffers = new InputBuffers();

  /**
   * Opens a network of a family.
   *
   * @param model - what its profile says counts more than the family's facts
   * @throws FaceTriggerError `ERR_MODEL_FORMAT`
   */
  static async open(
    model: ViewModel,
    family: ViewFamily,
    { runtime, threads }: { readonly runtime: Runtime; readonly threads?: number | undefined },
  ): Promise<ViewDetector> {
    const profile = { ...family.facts, ...model.profile };
    const { smallestFace, largestFace } = profile;
    const views = { ...family.views, smallestFace, largestFace };
    // Before there is a session that would have to be freed.
    assertViewFacts(views);
    const session = await runtime.createSession(model.bytes, { threads });
    return new ViewDetector(profile, {
      views,
      maxIou: family.maxIou,
      look: (picture, minScore) => family.look(session, picture, minScore),
      dispose: () => session.dispose(),
    });
  }

  /** @throws FaceTriggerError `ERR_MODEL_FORMAT` for sizes of faces that can't be */
  constructor(profile: DetectorProfile, network: ViewNetwork) {
    assertViewFacts(network.views);
    this.profile = { scores: 'probabilities', ...profile };
    this.#network = network;
  }

  /**
   * @param options.minFaceSize - 10 - 10000. @defaultValue what the network sees in the whole picture
   * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`, `ERR_IMAGE_TOO_LARGE`
   */
  async detect(image: Image, options: DetectOptions = {}): Promise<Detection[]> {
    assertImage(image);
    const { minFaceSize } = options;
    const { minScore = this.profile.minScore ?? 0, maxFaces = Number.POSITIVE_INFINITY } = options;
    if (typeof minScore !== 'number' || Number.isNaN(minScore)) {
      throw invalidArgument('a number', 'options.minScore', minScore);
    }
    if (!(maxFaces >= 1)) throw invalidArgument('a number >= 1', 'options.maxFaces', maxFaces);
    let found: Detection[] = [];
    let seen = 0;
    for (const { views, reach } of planViews(image, this.#network.views, minFaceSize)) {
      const level: Detection[] = [];
      for (const view of views) level.push(...(await this.#look(image, view, minScore)));
      const own = suppressByIou(bestFirst(level), this.#network.maxIou);
      found = merged(found, own, seen);
      seen = reach;
    }
    const isWanted = ({ box }: Detection) => faceSide(box) >= (minFaceSize ?? 0);
    const wanted = found.filter(isWanted);
    const all = wanted.length > 0 ? wanted : (await this.#lookFromAfar(image, minScore)).filter(isWanted);
    return bestFirst(all).slice(0, maxFaces);
  }

  async detectLargest(image: Image, options: DetectLargestOptions = {}): Promise<Detection | null> {
    return largestDetection(await this.detect(image, options), image, options.minAreaRatio);
  }

  async dispose(): Promise<void> {
    await this.#network.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  /**
   * Looks at a small copy with a border around it: a face that fills the picture, as in crops of faces, has nothing
   * around it, and networks that learned from whole scenes miss it.
   */
  async #lookFromAfar(image: Image, minScore: number): Promise<Detection[]> {
    const side = AFAR_FACES * this.#network.views.smallestFace;
    const scale = side / Math.max(image.width, image.height);
    const width = Math.max(1, Math.round(image.width * scale));
    const height = Math.max(1, Math.round(image.height * scale));
    const border = Math.round(side * AFAR_BORDER);
    const framed = frameImage(resizeImage(image, { width, height }), border);
    const shown = { width: framed.width, height: framed.height };
    const part = { left: 0, top: 0, ...shown };
    const seen = await this.#look(framed, { part, shown, scale: { x: 1, y: 1 } }, minScore);
    const back = { x: image.width / width, y: image.height / height };
    const origin = { ...part, left: -border * back.x, top: -border * back.y };
    const least = LEAST_AFAR * Math.min(image.width, image.height);
    return seen
      .map((detection) => carried(detection, origin, back))
      .filter(({ box }) => faceSide(box) >= least);
  }

  async #look(image: Image, { part, shown, scale }: View, minScore: number): Promise<Detection[]> {
    const view = new ShownView(image, part, { shown, buffers: this.#buffers });
    let seen: Detection[];
    try {
      seen = await this.#network.look(view, minScore);
    } finally {
      view.release();
    }
    const best = suppressByIou(bestFirst(seen).slice(0, MAX_CANDIDATES), this.#network.maxIou);
    return best
      .map((detection) => carried(detection, part, { x: 1 / scale.x, y: 1 / scale.y }))
      .filter(({ box }) => isSane(box) && !isCut(box, part, image));
  }
}

/**
 * Joins what two levels see.
 *
 * @param finer - found so far
 * @param coarser - found at the next level
 * @param reach - of the finer levels: what is larger they may have seen in parts, which look like smaller faces
 */
function merged(finer: readonly Detection[], coarser: readonly Detection[], reach: number): Detection[] {
  const large = coarser.filter(({ box }) => faceSide(box) > reach);
  const kept = finer.filter(({ box }) => !large.some((other) => areOne(other.box, box)));
  // Of what a finer level sees whole, a coarser one knows less.
  const middling = coarser.filter(({ box }) => faceSide(box) <= reach && faceSide(box) >= reach / 2);
  const added = middling.filter(({ box }) => ![...kept, ...large].some((other) => areOne(other.box, box)));
  return [...kept, ...large, ...added];
}

/** From pixels of what was shown to those of the picture. */
function carried(
  { box, score, landmarks }: Detection,
  { left, top }: Box,
  { x, y }: { readonly x: number; readonly y: number },
): Detection {
  return {
    box: { left: left + box.left * x, top: top + box.top * y, width: box.width * x, height: box.height * y },
    score,
    ...(landmarks && {
      landmarks: mapLandmarks(landmarks, (point) => [left + point[0] * x, top + point[1] * y]),
    }),
  };
}

function isSane({ left, top, width, height }: Box): boolean {
  return width > 0 && height > 0 && [left, top, width, height].every(Number.isFinite);
}

/** Whether an edge that is none of the picture goes through or along a box: another part shows the face whole. */
function isCut(box: Box, part: Box, { width, height }: Size): boolean {
  const right = part.left + part.width;
  const bottom = part.top + part.height;
  return (
    (part.left > 0 && box.left < part.left + EDGE) ||
    (part.top > 0 && box.top < part.top + EDGE) ||
    (right < width && box.left + box.width > right - EDGE) ||
    (bottom < height && box.top + box.height > bottom - EDGE)
  );
}

function areOne(a: Box, b: Box): boolean {
  const width = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const height = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  return width > 0 && height > 0 && width * height > MAX_SHARED * Math.min(boxArea(a), boxArea(b));
}

function faceSide(box: Box): number {
  return Math.sqrt(boxArea(box));
}

function bestFirst(detections: readonly Detection[]): Detection[] {
  return [...detections].sort((a, b) => b.score - a.score);
}
