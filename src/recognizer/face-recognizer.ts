import type { Landmarks } from '../align/mean-face.ts';
import { type LabelMap, readLabelMap, writeLabelMap } from '../classify/label-map.ts';
import { MAX_CLASSIFIER_BYTES, OnnxClassifier } from '../classify/onnx-classifier.ts';
import {
  type TrainClassifierOptions,
  type TrainingReport,
  trainClassifier,
} from '../classify/train-classifier.ts';
import { type AveragingOptions, cutChipVariants } from '../embed/chip-variants.ts';
import { meanEmbedding } from '../embed/distance.ts';
import { ResnetEmbedder } from '../embed/resnet-embedder.ts';
import { expectation, FaceTriggerError, invalidArgument } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic-write.ts';
import { readFileWithin } from '../files/read-file-within.ts';
import type { Image } from '../image/image.ts';
import { type Identification, type IdentifyOptions, toIdentifications } from './identification.ts';
import { voteOverSightings } from './vote.ts';

export interface FaceRecognizerOptions {
  /** A dlib .dat embedder or one that `models convert` wrote. @defaultValue dlib's ResNet, 128-D */
  readonly dnnModelPath?: string | undefined;
  /** A classifier that `save` or scikit-learn's skl2onnx wrote. */
  readonly classifierModelPath?: string | undefined;
  /** A label map that `saveLabelMapping` wrote. */
  readonly labelMapPath?: string | undefined;
  /** Threads of one run. @defaultValue the machine's, at most 4 */
  readonly threads?: number | undefined;
}

export interface InferOptions {
  /** A sighting less probable than this is unknown, 0 - 1. @defaultValue {@link DEFAULT_INFER_THRESHOLD} */
  readonly threshold?: number | undefined;
  /** What {@link FaceRecognizer.infer} returns for nobody known. @defaultValue -1 */
  readonly unknownIndex?: number | undefined;
}

/** What a batch of sightings of one face says. */
export interface InferResult {
  /** The label map's name, or the encoded label where no label map is loaded; `null`: unknown. */
  readonly label: string | number | null;
  /** Mean probability over the sightings that voted so, 0 - 1. */
  readonly probability: number;
  /** Sightings that voted so, and all of them. */
  readonly votes: number;
  readonly sightings: number;
  /** Lead over the runner-up as a share of all sightings, 0 - 1. */
  readonly margin: number;
}

/** Faces to learn from: either embeddings, or whole frames with the landmarks of the face in them. */
export type TrainingSet = (
  | { readonly embeddings: readonly Float32Array[] }
  | { readonly images: readonly Image[]; readonly landmarks: readonly Landmarks[] }
) & {
  /** The person of each embedding or image. */
  readonly labels: readonly string[];
};

export interface TrainOptions extends Omit<TrainClassifierOptions, 'embedder'> {
  /** Learn a metric before the classifier. Not available yet: any value throws `ERR_NOT_IMPLEMENTED`. */
  readonly metric?: string | undefined;
}

/** Source: the default of the Python package's `infer`. */
export const DEFAULT_INFER_THRESHOLD = 0.2;
const DEFAULT_UNKNOWN_INDEX = -1;

/**
 * Recognises faces by deep metric learning: embeds aligned faces and names them with a trained classifier.
 *
 * @remarks FaceNet, arXiv 1503.03832, with dlib's ResNet. Re-creates the Python class
 * `face_trigger.model.deep.FaceRecognizer`.
 */
export class FaceRecognizer implements AsyncDisposable {
  readonly #embedder: ResnetEmbedder;
  #classifier: OnnxClassifier | null = null;
  #classifierBytes: Uint8Array | null = null;
  #labelMap: LabelMap | null = null;
  #isDisposed = false;

  private constructor(embedder: ResnetEmbedder) {
    this.#embedder = embedder;
  }

  /** @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH` */
  static async create(options: FaceRecognizerOptions = {}): Promise<FaceRecognizer> {
    const { dnnModelPath, classifierModelPath, labelMapPath, threads } = options;
    const embedder = await ResnetEmbedder.create({ modelPath: dnnModelPath, threads });
    const recognizer = new FaceRecognizer(embedder);
    try {
      if (classifierModelPath !== undefined) await recognizer.load(classifierModelPath);
      if (labelMapPath !== undefined) await recognizer.loadLabelMapping(labelMapPath);
      return recognizer;
    } catch (error) {
      await recognizer.dispose();
      throw error;
    }
  }

  /** The network behind the embeddings. */
  get embedder(): ResnetEmbedder {
    return this.#embedder;
  }

  /** True once a classifier is trained or loaded. */
  get isTrained(): boolean {
    return this.#classifier !== null;
  }

  /** 'svm', 'nearest' or 'foreign'; `null` before training or loading. */
  get classifierKind(): string | null {
    return this.#classifier?.kind ?? null;
  }

  /** Names of the people in the order of the classifier's columns; empty before training or loading. */
  get labels(): readonly string[] {
    return this.#classifier?.classes.map((encoded) => String(this.#labelOf(encoded))) ?? [];
  }

  /**
   * Embeds one face of each image.
   *
   * @param images - n whole frames, gray or RGB, as they go into the detector
   * @param landmarks - n times 5 points in pixels of the frame, in the order of FIVE_POINT_ORDER
   * @param options - several views of each face are averaged with `mirror` and `jitter`
   * @returns n embeddings of 128 numbers, not normalised
   * @throws FaceTriggerError `ERR_SHAPE_MISMATCH` if the counts differ or a frame or its landmarks are malformed
   * @remarks The face is aligned inside. About 6 ms a face and thread (docs/performance.md).
   */
  async embed(
    images: readonly Image[],
    landmarks: readonly Landmarks[],
    options: AveragingOptions = {},
  ): Promise<Float32Array[]> {
    if (!Array.isArray(images)) {
      throw new FaceTriggerError('ERR_SHAPE_MISMATCH', expectation('an array of images', 'images', images));
    }
    if (!Array.isArray(landmarks) || landmarks.length !== images.length) {
      const expected = `an array of landmarks for each of ${images.length} images`;
      const received = Array.isArray(landmarks) ? landmarks.length : landmarks;
      throw new FaceTriggerError('ERR_SHAPE_MISMATCH', expectation(expected, 'landmarks', received));
    }
    const { mirror, jitter } = options;
    const size = this.#embedder.chipSize;
    const views = images.map((image, i) => cutChipVariants(image, landmarks[i]!, { mirror, jitter, size }));
    const embeddings = await this.#embedder.embed(views.flat());
    const perFace = views[0]?.length ?? 1;
    if (perFace === 1) return embeddings;
    return images.map((_, i) => meanEmbedding(embeddings.slice(i * perFace, (i + 1) * perFace)));
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
    const { unknownIndex = DEFAULT_UNKNOWN_INDEX } = options;
    const { label } = await this.inferDetailed(embeddings, options);
    return label ?? unknownIndex;
  }

  /** Like {@link infer}, with the probability, the votes and the lead over the runner-up. */
  async inferDetailed(embeddings: readonly Float32Array[], options: InferOptions = {}): Promise<InferResult> {
    const { threshold = DEFAULT_INFER_THRESHOLD } = options;
    if (!(threshold >= 0 && threshold <= 1)) {
      throw invalidArgument('a number from 0 to 1', 'options.threshold', threshold);
    }
    const classifier = this.#trained();
    if (!Array.isArray(embeddings) || embeddings.length === 0) {
      const message = expectation('at least one embedding', 'embeddings', embeddings);
      throw new FaceTriggerError('ERR_SHAPE_MISMATCH', message);
    }
    const result = await classifier.predict(embeddings);
    const { column, ...vote } = voteOverSightings(result, classifier.classes.length, threshold);
    return { label: column < 0 ? null : this.#labelOf(classifier.classes[column]!), ...vote };
  }

  /**
   * Says of every embedding who it is, or that nobody knows it.
   *
   * @param embeddings - n >= 0 embeddings, each of a face of its own
   * @returns n identifications; a `null` label is a stranger
   * @throws FaceTriggerError `ERR_NOT_TRAINED`, `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`
   */
  async identify(
    embeddings: readonly Float32Array[],
    options: IdentifyOptions = {},
  ): Promise<Identification[]> {
    const classifier = this.#trained();
    const { kind } = classifier;
    return toIdentifications(await classifier.predict(embeddings), { kind, labels: this.labels }, options);
  }

  /**
   * Learns people.
   *
   * @param dataset - embeddings or images with landmarks, and the label of each
   * @returns how the classifier came about
   * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES`, `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`,
   * `ERR_NOT_IMPLEMENTED` for `metric`
   */
  async train(dataset: TrainingSet, options: TrainOptions = {}): Promise<TrainingReport> {
    const { metric, ...rest } = options;
    if (metric !== undefined) {
      throw new FaceTriggerError(
        'ERR_NOT_IMPLEMENTED',
        'Metric learning is not in this version: leave "metric" out to fit the classifier on plain embeddings',
      );
    }
    this.#requireOpen();
    assertLabels(dataset.labels);
    const embeddings =
      'embeddings' in dataset ? dataset.embeddings : await this.embed(dataset.images, dataset.landmarks);
    if (embeddings.length !== dataset.labels.length) {
      const expected = `a label for each of ${embeddings.length} faces`;
      throw new FaceTriggerError(
        'ERR_SHAPE_MISMATCH',
        expectation(expected, 'labels', dataset.labels.length),
      );
    }
    const labelMap = [...new Set(dataset.labels)].sort();
    const encoded = dataset.labels.map((label) => labelMap.indexOf(label));
    const { id, sha256, dimension } = this.#embedder;
    const trained = await trainClassifier(embeddings, encoded, { ...rest, embedder: { id, sha256 } });
    await this.#replaceClassifier(trained.onnx, { id, sha256, dimension });
    this.#labelMap = labelMap;
    return trained.report;
  }

  /**
   * Loads a classifier; a label map that is loaded stays.
   *
   * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH` if it was trained on
   * another embedder
   */
  async load(classifierModelPath: string): Promise<void> {
    const { id, sha256, dimension } = this.#embedder;
    await this.#replaceClassifier(classifierModelPath, { id, sha256, dimension });
  }

  /**
   * Saves the classifier as ONNX, atomically.
   *
   * @throws FaceTriggerError `ERR_NOT_TRAINED` before training, `ERR_FILE_WRITE`
   */
  async save(classifierModelPath: string): Promise<void> {
    this.#trained();
    await writeFileAtomic(classifierModelPath, this.#classifierBytes!);
  }

  /** @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_FORMAT` */
  async loadLabelMapping(labelMapPath: string): Promise<void> {
    this.#labelMap = await readLabelMap(labelMapPath);
  }

  /** @throws FaceTriggerError `ERR_NOT_TRAINED` if there is no label map, `ERR_FILE_WRITE` */
  async saveLabelMapping(labelMapPath: string): Promise<void> {
    if (this.#labelMap === null) throw notTrained('There is no label map to save');
    await writeLabelMap(labelMapPath, this.#labelMap);
  }

  /** Frees the native models. Calling it again does nothing. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    await this.#embedder.dispose();
    await this.#classifier?.dispose();
    this.#classifier = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  #requireOpen(): void {
    if (this.#isDisposed)
      throw new FaceTriggerError('ERR_DISPOSED', 'The recognizer was used after dispose()');
  }

  #trained(): OnnxClassifier {
    this.#requireOpen();
    if (this.#classifier === null) throw notTrained('No classifier is trained or loaded');
    return this.#classifier;
  }

  #labelOf(encoded: number): string | number {
    return this.#labelMap?.[encoded] ?? encoded;
  }

  async #replaceClassifier(
    source: string | Uint8Array,
    embedder: { id: string; sha256: string; dimension: number },
  ): Promise<void> {
    const limits = {
      maxBytes: MAX_CLASSIFIER_BYTES,
      missing: 'ERR_MODEL_NOT_FOUND',
      unfit: 'ERR_MODEL_FORMAT',
    } as const;
    this.#requireOpen();
    const bytes = typeof source === 'string' ? await readFileWithin(source, limits) : source;
    const classifier = await OnnxClassifier.create(bytes, { embedder });
    await this.#classifier?.dispose();
    this.#classifier = classifier;
    this.#classifierBytes = bytes;
  }
}

/** What cannot be a name in a label map would be found out only when the label map is saved. */
function assertLabels(labels: readonly string[]): void {
  if (!Array.isArray(labels)) throw invalidArgument('an array of names', 'labels', labels);
  const bad = labels.findIndex((label) => typeof label !== 'string' || label === '');
  if (bad >= 0) throw invalidArgument('a name of at least one character', `labels[${bad}]`, labels[bad]);
}

function notTrained(problem: string): FaceTriggerError {
  return new FaceTriggerError('ERR_NOT_TRAINED', `${problem}: call train() or load() first`);
}
