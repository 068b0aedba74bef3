import { join } from 'node:path';
import type { Detection, DetectOptions, FaceDetector } from '../detect/face-detector.ts';
import { MmodDetector } from '../detect/mmod-detector.ts';
import { DEFAULT_MAX_DISTANCE } from '../embed/distance.ts';
import {
  DEFAULT_PIPELINE_QUALITY,
  EMBEDDING_QUALITIES,
  type EmbeddingOptions,
  type EmbeddingRecipe,
  embeddingRecipe,
} from '../embed/embedding-quality.ts';
import type { Image } from '../image/image.ts';
import type { LandmarkDetector, LandmarkOptions } from '../landmark/landmark-detector.ts';
import { RegressionTreeLandmarks } from '../landmark/regression-tree-landmarks.ts';
import type { Face } from './face.ts';
import { FaceRecognizer } from './face-recognizer.ts';
import { defaultMinProbability, type IdentifyOptions } from './identification.ts';
import { MODEL_FOLDER_FILES, readModelDescription } from './model-folder.ts';

export interface FacePipelineOptions {
  /** A folder that `face-trigger train` wrote: the people to recognise and the thresholds. */
  readonly modelFolder?: string | undefined;
  /** Paths of a user's own models. @defaultValue the package's */
  readonly detectorModelPath?: string | undefined;
  readonly landmarkModelPath?: string | undefined;
  readonly dnnModelPath?: string | undefined;
  /** Threads of one run. @defaultValue the machine's, at most 4 */
  readonly threads?: number | undefined;
}

export interface AnalyzeOptions extends DetectOptions, LandmarkOptions, EmbeddingOptions, IdentifyOptions {
  /** Embed every face. @defaultValue true */
  readonly embeddings?: boolean | undefined;
  /** Name every face, where the pipeline knows people. @defaultValue true */
  readonly identities?: boolean | undefined;
}

/** A photo with no face found and no more pixels than this is searched once more for faces half as large. */
export const RETRY_MAX_PIXELS = 250_000;
const RETRY_MIN_FACE_SIZE = 40;

/**
 * From an image to its faces: detection, landmarks, embeddings and, once people are known, names.
 *
 * @example
 * const pipeline = await FacePipeline.create({ modelFolder: 'model' });
 * const faces = await pipeline.analyze(await readImage('party.jpg'));
 */
export class FacePipeline implements AsyncDisposable {
  /** Finds the faces. */
  readonly detector: FaceDetector;
  /** Finds the landmarks in a face. */
  readonly landmarkDetector: LandmarkDetector;
  /** Embeds and names faces. */
  readonly recognizer: FaceRecognizer;
  readonly #defaults: AnalyzeOptions;

  private constructor(
    parts: { detector: FaceDetector; landmarkDetector: LandmarkDetector; recognizer: FaceRecognizer },
    defaults: AnalyzeOptions,
  ) {
    this.detector = parts.detector;
    this.landmarkDetector = parts.landmarkDetector;
    this.recognizer = parts.recognizer;
    this.#defaults = defaults;
  }

  /** The limits that names are given by, unless a call says otherwise: the model folder's, or the defaults. */
  get thresholds(): { readonly maxDistance: number; readonly minProbability: number } {
    const { maxDistance = DEFAULT_MAX_DISTANCE, minProbability } = this.#defaults;
    const kind = this.recognizer.classifierKind ?? 'nearest';
    return { maxDistance, minProbability: minProbability ?? defaultMinProbability(kind) };
  }

  /** How faces become embeddings, unless a call says otherwise: as the model folder's people did, or 'balanced'. */
  get embedding(): EmbeddingRecipe {
    return embeddingRecipe(this.#defaults);
  }

  /** @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH` */
  static async create(options: FacePipelineOptions = {}): Promise<FacePipeline> {
    const { modelFolder, threads } = options;
    const model = modelFolder === undefined ? null : await readModelDescription(modelFolder);
    const landmarkDetector = await RegressionTreeLandmarks.create(options.landmarkModelPath);
    const detector = await MmodDetector.create({ modelPath: options.detectorModelPath, threads });
    try {
      const recognizer = await FaceRecognizer.create({
        dnnModelPath: options.dnnModelPath,
        threads,
        ...(modelFolder !== undefined && {
          ...(model?.head && { headModelPath: join(modelFolder, MODEL_FOLDER_FILES.head) }),
          classifierModelPath: join(modelFolder, MODEL_FOLDER_FILES.classifier),
          labelMapPath: join(modelFolder, MODEL_FOLDER_FILES.labels),
        }),
      });
      const defaults =
        model === null
          ? { quality: DEFAULT_PIPELINE_QUALITY }
          : {
              ...model.thresholds,
              ...(model.averaging ?? EMBEDDING_QUALITIES.fast),
              ...withoutNulls(model.detection),
            };
      return new FacePipeline({ detector, landmarkDetector, recognizer }, defaults);
    } catch (error) {
      await detector.dispose();
      throw error;
    }
  }

  /**
   * Finds, embeds and names the faces of an image.
   *
   * @param image - gray or RGB
   * @param options - values not given come from the model folder, where there is one; without one, `quality` is
   * 'balanced'
   * @returns all faces, best first; `[]` when there are none
   * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`, `ERR_IMAGE_TOO_LARGE`
   * @remarks Without `minFaceSize`, faces of 80 pixels and more are found; see {@link RETRY_MAX_PIXELS} for small
   * photos and DEFAULT_MAX_PIXELS for large ones.
   */
  async analyze(image: Image, options: AnalyzeOptions = {}): Promise<Face[]> {
    const settings = this.#settings(options);
    const detections = await this.#detect(image, settings);
    return this.describe(image, detections, settings);
  }

  /**
   * Adds landmarks, embeddings and names to faces that are already found.
   *
   * @param detections - boxes in pixels of the image
   */
  async describe(
    image: Image,
    detections: readonly Detection[],
    options: AnalyzeOptions = {},
  ): Promise<Face[]> {
    const settings = this.#settings(options);
    const { embeddings: wantsEmbeddings = true, identities: wantsIdentities = true } = settings;
    const landmarks = detections.map(({ box }) => this.landmarkDetector.detect(image, box, settings));
    const plain = detections.map(({ box, score }, i): Face => ({ box, score, landmarks: landmarks[i]! }));
    const names = wantsIdentities && this.recognizer.isTrained;
    if (plain.length === 0 || (!wantsEmbeddings && !names)) return plain;
    const frames = plain.map(() => image);
    const embeddings = await this.recognizer.embed(frames, landmarks, settings);
    const identities = names ? await this.recognizer.identify(embeddings, settings) : null;
    return plain.map((face, i) => ({
      ...face,
      ...(wantsEmbeddings && { embedding: embeddings[i]! }),
      ...(identities && { identity: identities[i]! }),
    }));
  }

  /** Frees the native models. Calling it again does nothing. */
  async dispose(): Promise<void> {
    await this.detector.dispose();
    await this.recognizer.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  /** A quality that is asked for takes the place of the model folder's way to embed. */
  #settings(options: AnalyzeOptions): AnalyzeOptions {
    const { quality } = options;
    const own = quality === undefined ? {} : embeddingRecipe({ quality });
    return { ...this.#defaults, ...own, ...withoutUndefined(options) };
  }

  async #detect(image: Image, options: DetectOptions): Promise<Detection[]> {
    const detections = await this.detector.detect(image, options);
    const isSmall = image.width * image.height <= RETRY_MAX_PIXELS;
    if (detections.length > 0 || options.minFaceSize !== undefined || !isSmall) return detections;
    return this.detector.detect(image, { ...options, minFaceSize: RETRY_MIN_FACE_SIZE });
  }
}

function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

function withoutNulls(detection: { minFaceSize: number | null; minScore: number | null }): DetectOptions {
  return Object.fromEntries(Object.entries(detection).filter(([, value]) => value !== null));
}
