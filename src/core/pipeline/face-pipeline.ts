import { type AlignedFace, alignFace } from '../align/aligned-face.ts';
import type { Detection, FaceDetector } from '../detect/face-detector.ts';
import { embedFaces } from '../embed/embed-faces.ts';
import { type EmbeddingOptions, type EmbeddingRecipe, embeddingRecipe } from '../embed/embedding-quality.ts';
import type { FaceEmbedder } from '../embed/face-embedder.ts';
import type { FaceNamer } from '../identify/face-namer.ts';
import type { IdentifyOptions } from '../identify/identification.ts';
import type { Image } from '../image/image.ts';
import type { LandmarkDetector } from '../landmark/landmark-detector.ts';
import { withoutUndefined } from '../options/without-undefined.ts';
import type { Face } from './face.ts';
import type { FaceFinder, FindOptions } from './face-finder.ts';

/** What a pipeline is made of. */
export interface PipelineParts {
  readonly finder: FaceFinder;
  readonly embedder: FaceEmbedder;
  /** @defaultValue none: faces get no identity */
  readonly namer?: FaceNamer | null | undefined;
}

export interface AnalyzeOptions extends FindOptions, EmbeddingOptions, IdentifyOptions {
  /** Embed every face. @defaultValue true */
  readonly embeddings?: boolean | undefined;
  /** Name every face, where the pipeline knows people. @defaultValue true */
  readonly identities?: boolean | undefined;
}

/** From an image to its faces: detection, landmarks, embeddings and, once people are known, names. */
export class FacePipeline implements AsyncDisposable {
  /** Finds the faces and their landmarks. */
  readonly finder: FaceFinder;
  readonly #embedder: FaceEmbedder;
  readonly #namer: FaceNamer | null;
  readonly #defaults: AnalyzeOptions;

  /** @param defaults - of every call */
  constructor({ finder, embedder, namer = null }: PipelineParts, defaults: AnalyzeOptions = {}) {
    this.finder = finder;
    this.#embedder = embedder;
    this.#namer = namer;
    this.#defaults = defaults;
  }

  /** Embeds aligned faces. */
  get embedder(): FaceEmbedder {
    return this.#embedder;
  }

  /** Finds the faces. */
  get detector(): FaceDetector {
    return this.finder.detector;
  }

  /** Finds the landmarks in a face; `null` where the detector gives them. */
  get landmarkDetector(): LandmarkDetector | null {
    return this.finder.landmarkDetector;
  }

  /** How faces become embeddings, unless a call says otherwise. */
  get embedding(): EmbeddingRecipe {
    return embeddingRecipe(this.#defaults);
  }

  /** What calls are given that do not say otherwise. */
  protected get defaults(): AnalyzeOptions {
    return this.#defaults;
  }

  /**
   * Finds, embeds and names the faces of an image.
   *
   * @param image - gray or RGB
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
    const faces = this.finder.addLandmarks(image, detections, settings);
    return this.#embedAndName(image, await this.finder.checkLiveness(image, faces, settings), settings);
  }

  /** The faces of an image, with landmarks alone; see FaceFinder.find. */
  async find(image: Image, options: FindOptions = {}): Promise<Face[]> {
    return this.finder.find(image, this.#settings(options));
  }

  /**
   * Cuts faces out upright, once for all that is done with them.
   *
   * @param faces - as `finder.find` gives them
   * @returns as many, in order; they share the image's memory
   */
  align(image: Image, faces: readonly Face[]): AlignedFace[] {
    return faces.map(({ landmarks }) => alignFace(image, landmarks, this.embedder.profile.chip));
  }

  /** One embedding of each face, made as {@link embedding} says unless the options say otherwise. */
  async embed(faces: readonly AlignedFace[], options: EmbeddingOptions = {}): Promise<Float32Array[]> {
    return embedFaces(this.embedder, faces, embeddingRecipe(this.#settings(options)));
  }

  /** Frees the models. Calling it again does nothing. */
  async dispose(): Promise<void> {
    await this.finder.dispose();
    await this.embedder.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #embedAndName(image: Image, faces: Face[], settings: AnalyzeOptions): Promise<Face[]> {
    const { embeddings: wantsEmbeddings = true, identities: wantsIdentities = true } = settings;
    const namer = wantsIdentities && this.#namer?.isTrained ? this.#namer : null;
    if (faces.length === 0 || (!wantsEmbeddings && !namer)) return faces;
    const embeddings = await embedFaces(this.embedder, this.align(image, faces), embeddingRecipe(settings));
    const identities = namer ? await namer.identify(embeddings, settings) : null;
    return faces.map((face, i) => ({
      ...face,
      ...(wantsEmbeddings && { embedding: embeddings[i]! }),
      ...(identities && { identity: identities[i]! }),
    }));
  }

  /** A quality that is asked for takes the place of the pipeline's own way to embed. */
  #settings<T extends AnalyzeOptions>(options: T): AnalyzeOptions & T {
    const { quality } = options;
    const own = quality === undefined ? {} : embeddingRecipe({ quality });
    return { ...this.#defaults, ...own, ...withoutUndefined(options) };
  }
}
