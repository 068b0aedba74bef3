import { alignFace } from '../core/align/aligned-face.ts';
import { landmarksFor } from '../core/align/chip-template.ts';
import { embedFaces } from '../core/embed/embed-faces.ts';
import {
  type EmbeddingOptions,
  type EmbeddingRecipe,
  embeddingRecipe,
  qualityOf,
} from '../core/embed/embedding-quality.ts';
import type { FaceEmbedder } from '../core/embed/face-embedder.ts';
import { FaceTriggerError } from '../core/errors.ts';
import type { Point } from '../core/geometry/point.ts';
import type { FaceNamer } from '../core/identify/face-namer.ts';
import type { Identification, IdentifyOptions } from '../core/identify/identification.ts';
import type { Image } from '../core/image/image.ts';
import type { Landmarks } from '../core/landmark/landmarks.ts';
import type { Runtime } from '../core/runtime/runtime.ts';
import type { MetricSample } from '../extras/metric-learning/learn-metric.ts';
import type { SampleOptions } from '../extras/metric-learning/train-metric.ts';
import { assertEmbedder } from '../models/assert-embedder.ts';
import { openEmbedder } from '../node/models/open-models.ts';
import { type ClassifierDistances, classifierDistances } from './classifier-distances.ts';
import { EmbedderWithHead } from './embedder-with-head.ts';
import { identifyPeople, inferPerson } from './identify-people.ts';
import { KnownPeople } from './known-people.ts';
import {
  assertFrames,
  learnPeople,
  type RecognizerTrainingReport,
  type TrainingSet,
  type TrainOptions,
} from './learn-people.ts';
import type { FaceRecognizerOptions, InferOptions, InferResult } from './recognizer-options.ts';

const DEFAULT_UNKNOWN_INDEX = -1;

/**
 * Recognizes faces by deep metric learning: embeds aligned faces and names them with a trained classifier.
 *
 * @remarks FaceNet, arXiv 1503.03832, with dlib's ResNet. Re-creates the Python class
 * `face_trigger.model.deep.FaceRecognizer`.
 */
export class FaceRecognizer implements FaceNamer, AsyncDisposable {
  readonly #network: EmbedderWithHead;
  readonly #recipe: EmbeddingRecipe;
  readonly #people: KnownPeople;
  #isDisposed = false;

  private constructor(backbone: FaceEmbedder, recipe: EmbeddingRecipe, runtime: Runtime | undefined) {
    this.#network = new EmbedderWithHead(backbone, runtime);
    this.#recipe = recipe;
    this.#people = new KnownPeople(runtime);
  }

  /** @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH`, `ERR_INVALID_ARGUMENT` */
  static async create(options: FaceRecognizerOptions = {}): Promise<FaceRecognizer> {
    const { models, dnnModelPath, headModelPath, classifierModelPath, labelMapPath, precision } = options;
    const { runtime, threads, commercial, embedder } = options;
    if (embedder !== undefined) assertEmbedder(embedder, 'options.embedder');
    const recipe = embeddingRecipe(options);
    const choice = { models, modelPath: dnnModelPath, precision, runtime, threads, commercial };
    const recognizer = new FaceRecognizer(embedder ?? (await openEmbedder(choice)), recipe, runtime);
    try {
      if (headModelPath !== undefined) await recognizer.loadHead(headModelPath);
      if (classifierModelPath !== undefined) await recognizer.load(classifierModelPath);
      if (labelMapPath !== undefined) await recognizer.loadLabelMapping(labelMapPath);
      return recognizer;
    } catch (error) {
      await recognizer.dispose();
      throw error;
    }
  }

  /** What makes the embeddings: the network, or the network with a learned head, which is another embedder. */
  get embedder(): FaceEmbedder {
    return this.#network.current;
  }

  /** How faces become embeddings, unless a call says otherwise. */
  get embedding(): EmbeddingRecipe {
    return this.#recipe;
  }

  /** True once a classifier is trained or loaded. */
  get isTrained(): boolean {
    return this.#people.classifier !== null;
  }

  /** 'svm', 'nearest' or 'foreign'; `null` before training or loading. */
  get classifierKind(): string | null {
    return this.#people.classifier?.kind ?? null;
  }

  /** How the classifier measures distances, and what they mean; before training or loading, the embedder's. */
  get distances(): ClassifierDistances {
    return classifierDistances(this.embedder.profile, this.#people.classifier?.facts);
  }

  /** Names of the people in the order of the classifier's columns; empty before training or loading. */
  get labels(): readonly string[] {
    return this.#people.labels;
  }

  /**
   * Embeds one face of each image.
   *
   * @param images - n whole frames, gray or RGB, as they go into the detector
   * @param landmarks - n times landmarks of a layout that the embedder knows, or bare points of its own, in pixels of the frame
   * @param options - how. @defaultValue {@link embedding}; quality 'fast' is what native dlib computes, number for number
   * @returns n embeddings; of their own length in quality 'fast', else all of one length
   * @throws FaceTriggerError `ERR_SHAPE_MISMATCH` if the counts differ or a frame or its landmarks are malformed,
   * `ERR_INVALID_ARGUMENT`
   * @remarks The face is aligned inside. About 4 ms a view and thread (docs/performance.md).
   */
  async embed(
    images: readonly Image[],
    landmarks: readonly (Landmarks | readonly Point[])[],
    options: EmbeddingOptions = {},
  ): Promise<Float32Array[]> {
    const recipe = this.#recipeOf(options);
    assertFrames(images, landmarks);
    const { chip } = this.#network.backbone.profile;
    const faces = images.map((image, i) => alignFace(image, landmarksFor(chip, landmarks[i]!), chip));
    return embedFaces(this.embedder, faces, recipe);
  }

  /**
   * Names one face that was seen n times.
   *
   * @param embeddings - n >= 1 embeddings of the same face
   * @returns the label of the most frequent answer (a name with a label map, else the encoded label), or
   * `unknownIndex`
   * @throws FaceTriggerError `ERR_NOT_TRAINED`, `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`
   * @remarks Decides by probability alone, as the Python original does. With few people a stranger can be probable
   * as one of them: {@link identify} looks at the distance too.
   */
  async infer(embeddings: readonly Float32Array[], options: InferOptions = {}): Promise<string | number> {
    const { label } = await this.inferDetailed(embeddings, options);
    return label ?? options.unknownIndex ?? DEFAULT_UNKNOWN_INDEX;
  }

  /** Like {@link infer}, with the probability, the votes and the lead over the runner-up. */
  async inferDetailed(embeddings: readonly Float32Array[], options: InferOptions = {}): Promise<InferResult> {
    return inferPerson(embeddings, this.#people, options);
  }

  /**
   * Says of every embedding who it is, or that nobody knows it.
   *
   * @param embeddings - n >= 0 embeddings, each of a face of its own
   * @param options - limits, and how the embeddings were made. @defaultValue {@link embedding}
   * @returns n identifications; a `null` label is a stranger
   * @throws FaceTriggerError `ERR_NOT_TRAINED`, `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`
   */
  async identify(
    embeddings: readonly Float32Array[],
    options: IdentifyOptions & EmbeddingOptions = {},
  ): Promise<Identification[]> {
    const { profile } = this.embedder;
    const quality = qualityOf(this.#recipeOf(options));
    return identifyPeople(embeddings, this.#people, { profile, quality }, options);
  }

  /**
   * Learns people.
   *
   * @param dataset - embeddings, images with landmarks, or samples, and the label of each; names are kept in Unicode's
   * composed form
   * @param options - `quality` says how images are embedded: to be the same in recognition
   * @returns how the classifier came about, and the metric
   * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES`, `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`, `ERR_ABORTED`
   * @remarks Metric learning costs about 8 runs of the network a photo and seconds to minutes of training.
   */
  async train(dataset: TrainingSet, options: TrainOptions = {}): Promise<RecognizerTrainingReport> {
    if (this.#isDisposed)
      throw new FaceTriggerError('ERR_DISPOSED', 'The recognizer was used after dispose()');
    const recipe = this.#recipeOf(options);
    const { classifier, labelMap, profile, metric } = await learnPeople(dataset, options, {
      ...{ profile: this.embedder.profile, backbone: this.#network.backbone.profile, recipe },
      embed: (images, landmarks) => this.embed(images, landmarks, recipe),
      openTrainer: () => this.#network.metricTrainer(),
    });
    try {
      await this.#people.take(classifier.onnx, profile, labelMap);
    } catch (error) {
      await metric?.head?.dispose();
      throw error;
    }
    if (metric) await this.#network.setHead(metric.head);
    return { ...classifier.report, metric: metric?.report ?? null };
  }

  /**
   * What metric learning needs of one photo: some numbers of the network instead of the frame.
   *
   * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`
   */
  async metricSample(
    image: Image,
    landmarks: Landmarks | readonly Point[],
    options: SampleOptions = {},
  ): Promise<MetricSample> {
    const trainer = await this.#network.metricTrainer();
    return trainer.sample(image, landmarks, { ...options, ...this.#recipeOf(options) });
  }

  /**
   * Loads a head in place of the network's last layer. A classifier that was loaded before no longer fits and is
   * forgotten.
   *
   * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH` if it was learned on
   * another network
   */
  async loadHead(headModelPath: string): Promise<void> {
    const head = await this.#network.readHead(headModelPath);
    await this.#people.forgetClassifier();
    await this.#network.setHead(head);
  }

  /** Whether a learned head stands in place of the network's last layer. */
  get hasHead(): boolean {
    return this.#network.hasHead;
  }

  /** Saves the learned head as ONNX, atomically. @throws FaceTriggerError `ERR_NOT_TRAINED`, `ERR_FILE_WRITE` */
  async saveHead(headModelPath: string): Promise<void> {
    await this.#network.saveHead(headModelPath);
  }

  /**
   * Loads a classifier; a label map that is loaded stays.
   *
   * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH` if it was trained on
   * another embedder, or has classes that the loaded label map has no name for: load its label map first
   */
  async load(classifierModelPath: string): Promise<void> {
    await this.#people.take(classifierModelPath, this.embedder.profile);
  }

  /** Saves the classifier as ONNX, atomically. @throws FaceTriggerError `ERR_NOT_TRAINED`, `ERR_FILE_WRITE` */
  async save(classifierModelPath: string): Promise<void> {
    await this.#people.save(classifierModelPath);
  }

  /**
   * Loads the names of the classifier's classes.
   *
   * @param labelMapPath - a file that `saveLabelMapping` wrote
   * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_FORMAT`, `ERR_MODEL_MISMATCH` if the loaded classifier has
   * classes without a name in it
   */
  async loadLabelMapping(labelMapPath: string): Promise<void> {
    await this.#people.loadLabelMap(labelMapPath);
  }

  /** @throws FaceTriggerError `ERR_NOT_TRAINED` if there is no label map, `ERR_FILE_WRITE` */
  async saveLabelMapping(labelMapPath: string): Promise<void> {
    await this.#people.saveLabelMap(labelMapPath);
  }

  /** Frees the native models. Calling it again does nothing. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    await this.#network.dispose();
    await this.#people.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  /** A quality that is asked for takes the place of the recognizer's own way to embed. */
  #recipeOf({ quality, mirror, jitter, evenLength }: EmbeddingOptions): EmbeddingRecipe {
    const base = quality === undefined ? this.#recipe : embeddingRecipe({ quality });
    return embeddingRecipe({
      mirror: mirror ?? base.mirror,
      jitter: jitter ?? base.jitter,
      evenLength: evenLength ?? base.evenLength,
    });
  }
}
