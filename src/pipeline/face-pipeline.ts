import { join } from 'node:path';
import type { Detection, DetectOptions, FaceDetector } from '../core/detect/face-detector.ts';
import { DEFAULT_IDENTIFY_MAX_DISTANCE } from '../core/embed/distance.ts';
import {
  DEFAULT_PIPELINE_QUALITY,
  EMBEDDING_QUALITIES,
  type EmbeddingOptions,
  type EmbeddingRecipe,
  embeddingRecipe,
} from '../core/embed/embedding-quality.ts';
import { defaultMinProbability, type IdentifyOptions } from '../core/identify/identification.ts';
import type { Image } from '../core/image/image.ts';
import type { LandmarkDetector } from '../core/landmark/landmark-detector.ts';
import type { Face } from '../core/pipeline/face.ts';
import { type ModelPrecision, precisionOfEmbedder } from '../node/models/manifest.ts';
import { FaceRecognizer } from '../people/face-recognizer.ts';
import { MODEL_FOLDER_FILES, readModelDescription } from '../people/model-folder.ts';
import { FaceFinder, type FaceFinderOptions, type FindOptions } from './face-finder.ts';

export interface FacePipelineOptions extends FaceFinderOptions {
  /** A folder that `face-trigger train` wrote: the people to recognise and the thresholds. */
  readonly modelFolder?: string | undefined;
  /** Path of a user's own embedder. @defaultValue the package's */
  readonly dnnModelPath?: string | undefined;
  /**
   * Numbers that the embedder computes with, see FaceRecognizerOptions. @defaultValue those that the model folder was
   * trained with; 'fp32' without one
   */
  readonly precision?: ModelPrecision | undefined;
}

export interface AnalyzeOptions extends FindOptions, EmbeddingOptions, IdentifyOptions {
  /** Embed every face. @defaultValue true */
  readonly embeddings?: boolean | undefined;
  /** Name every face, where the pipeline knows people. @defaultValue true */
  readonly identities?: boolean | undefined;
}

/**
 * From an image to its faces: detection, landmarks, embeddings and, once people are known, names.
 *
 * @example
 * const pipeline = await FacePipeline.create({ modelFolder: 'model' });
 * const faces = await pipeline.analyze(await readImage('party.jpg'));
 */
export class FacePipeline implements AsyncDisposable {
  /** Finds the faces and their landmarks. */
  readonly finder: FaceFinder;
  /** Embeds and names faces. */
  readonly recognizer: FaceRecognizer;
  readonly #defaults: AnalyzeOptions;

  private constructor(
    parts: { readonly finder: FaceFinder; readonly recognizer: FaceRecognizer },
    defaults: AnalyzeOptions,
  ) {
    this.finder = parts.finder;
    this.recognizer = parts.recognizer;
    this.#defaults = defaults;
  }

  /** Finds the faces. */
  get detector(): FaceDetector {
    return this.finder.detector;
  }

  /** Finds the landmarks in a face. */
  get landmarkDetector(): LandmarkDetector {
    return this.finder.landmarkDetector;
  }

  /** The limits that names are given by, unless a call says otherwise: the model folder's, or the defaults. */
  get thresholds(): { readonly maxDistance: number; readonly minProbability: number } {
    const { maxDistance = DEFAULT_IDENTIFY_MAX_DISTANCE, minProbability } = this.#defaults;
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
    const precision =
      options.precision ?? (model ? await precisionOfEmbedder(model.embedder.sha256) : undefined);
    const finder = await FaceFinder.create(options);
    try {
      const recognizer = await FaceRecognizer.create({
        dnnModelPath: options.dnnModelPath,
        ...(options.dnnModelPath === undefined && { precision }),
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
      return new FacePipeline({ finder, recognizer }, defaults);
    } catch (error) {
      await finder.dispose();
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
   * @remarks Which faces are found is said at FaceFinder.find.
   */
  async analyze(image: Image, options: AnalyzeOptions = {}): Promise<Face[]> {
    const settings = this.#settings(options);
    return this.#embedAndName(image, await this.finder.find(image, settings), settings);
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
    return this.#embedAndName(image, this.finder.addLandmarks(image, detections, settings), settings);
  }

  /** Frees the native models. Calling it again does nothing. */
  async dispose(): Promise<void> {
    await this.finder.dispose();
    await this.recognizer.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #embedAndName(image: Image, faces: Face[], settings: AnalyzeOptions): Promise<Face[]> {
    const { embeddings: wantsEmbeddings = true, identities: wantsIdentities = true } = settings;
    const names = wantsIdentities && this.recognizer.isTrained;
    if (faces.length === 0 || (!wantsEmbeddings && !names)) return faces;
    const frames = faces.map(() => image);
    const landmarks = faces.map((face) => face.landmarks);
    const embeddings = await this.recognizer.embed(frames, landmarks, settings);
    const identities = names ? await this.recognizer.identify(embeddings, settings) : null;
    return faces.map((face, i) => ({
      ...face,
      ...(wantsEmbeddings && { embedding: embeddings[i]! }),
      ...(identities && { identity: identities[i]! }),
    }));
  }

  /** A quality that is asked for takes the place of the model folder's way to embed. */
  #settings(options: AnalyzeOptions): AnalyzeOptions {
    const { quality } = options;
    const own = quality === undefined ? {} : embeddingRecipe({ quality });
    return { ...this.#defaults, ...own, ...withoutUndefined(options) };
  }
}

function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

function withoutNulls(detection: { minFaceSize: number | null; minScore: number | null }): DetectOptions {
  return Object.fromEntries(Object.entries(detection).filter(([, value]) => value !== null));
}
