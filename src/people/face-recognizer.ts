import { type LabelMap, readLabelMap, writeLabelMap } from '../classify/label-map.ts';
import { MAX_CLASSIFIER_BYTES, OnnxClassifier } from '../classify/onnx-classifier.ts';
import {
  type TrainClassifierOptions,
  type TrainingReport,
  trainClassifier,
} from '../classify/train-classifier.ts';
import { cutChipVariants } from '../core/embed/chip-variants.ts';
import { combineViews } from '../core/embed/combine-views.ts';
import {
  DLIB_EMBEDDER_ID,
  DLIB_MEAN_LENGTH,
  type EmbeddingOptions,
  type EmbeddingRecipe,
  embeddingRecipe,
} from '../core/embed/embedding-quality.ts';
import type { FaceEmbedder } from '../core/embed/face-embedder.ts';
import { expectation, FaceTriggerError, invalidArgument } from '../core/errors.ts';
import {
  type Identification,
  type IdentifyOptions,
  toIdentifications,
} from '../core/identify/identification.ts';
import { voteOverSightings } from '../core/identify/vote.ts';
import type { Image } from '../core/image/image.ts';
import type { Landmarks } from '../core/landmark/mean-face.ts';
import { canonicalName } from '../core/text/person-name.ts';
import { collectMetricSample } from '../extras/metric-learning/collect-samples.ts';
import { applyLayer } from '../extras/metric-learning/embedding-head.ts';
import { HeadEmbedder } from '../extras/metric-learning/head-embedder.ts';
import { MAX_HEAD_BYTES } from '../extras/metric-learning/head-file.ts';
import {
  learnMetric,
  type MetricOptions,
  type MetricReport,
  type MetricSample,
} from '../extras/metric-learning/learn-metric.ts';
import { type LastBlocks, readLastBlocks } from '../extras/metric-learning/read-last-blocks.ts';
import { readLastLayer } from '../extras/metric-learning/read-last-layer.ts';
import { evidenceOf } from '../models/dlib/dlib-evidence.ts';
import { ResnetEmbedder } from '../models/dlib/embedder/resnet-embedder.ts';
import { PRIVATE_FILE_MODE, writeFileAtomic } from '../node/files/atomic-write.ts';
import { readFileWithin } from '../node/files/read-file-within.ts';
import type { ModelPrecision } from '../node/models/manifest.ts';

export interface FaceRecognizerOptions {
  /** A dlib .dat embedder or one that `models convert` wrote. @defaultValue dlib's ResNet, 128-D */
  readonly dnnModelPath?: string | undefined;
  /** A head that `saveHead` wrote, in place of the network's last layer. */
  readonly headModelPath?: string | undefined;
  /** A classifier that `save` or scikit-learn's skl2onnx wrote. */
  readonly classifierModelPath?: string | undefined;
  /** A label map that `saveLabelMapping` wrote. */
  readonly labelMapPath?: string | undefined;
  /**
   * Numbers that the network computes with. 'int8': twice as fast, as accurate, but another embedder: what was
   * learnt with one is refused with the other. @defaultValue 'fp32'
   */
  readonly precision?: ModelPrecision | undefined;
  /** Threads of one run. @defaultValue the machine's, at most 4; 1 for 'int8' */
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

/**
 * Faces to learn from: embeddings, or whole frames with the landmarks of the face in them, or, to learn a metric
 * without keeping the frames, what {@link FaceRecognizer.metricSample} made of each.
 */
export type TrainingSet = (
  | { readonly embeddings: readonly Float32Array[] }
  | { readonly images: readonly Image[]; readonly landmarks: readonly Landmarks[] }
  | { readonly samples: readonly MetricSample[] }
) & {
  /** The person of each embedding or image. */
  readonly labels: readonly string[];
};

export interface TrainOptions extends Omit<TrainClassifierOptions, 'embedder'>, EmbeddingOptions {
  /**
   * Learn the network's last layer anew with the triplet loss before the classifier, and use it if people that it
   * did not learn from are told apart better. Needs images or samples, of at least 10 people with 3 photos each.
   * `metricOptions.depth: 'last-block'` tries the network's last residual block too.
   */
  readonly metric?: 'triplet' | undefined;
  readonly metricOptions?: MetricOptions | undefined;
  /** Called with the share of the metric learning that is done, 0 - 1. */
  readonly onMetricProgress?: ((done: number) => void) | undefined;
}

/** What {@link FaceRecognizer.train} made. */
export interface RecognizerTrainingReport extends TrainingReport {
  /** How metric learning went; `null` where it was not asked for. */
  readonly metric: MetricReport | null;
}

interface MetricTraining {
  /** `null`: the network's own last layer stays. */
  readonly head: HeadEmbedder | null;
  readonly report: MetricReport;
  readonly embeddings: readonly Float32Array[];
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
  readonly #backbone: ResnetEmbedder;
  #head: HeadEmbedder | null = null;
  #blocks: Promise<LastBlocks> | null = null;
  #classifier: OnnxClassifier | null = null;
  #classifierBytes: Uint8Array | null = null;
  #labelMap: LabelMap | null = null;
  #isDisposed = false;

  private constructor(backbone: ResnetEmbedder) {
    this.#backbone = backbone;
  }

  /** @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH` */
  static async create(options: FaceRecognizerOptions = {}): Promise<FaceRecognizer> {
    const { dnnModelPath, headModelPath, classifierModelPath, labelMapPath, precision, threads } = options;
    const backbone = await ResnetEmbedder.create({ modelPath: dnnModelPath, precision, threads });
    const recognizer = new FaceRecognizer(backbone);
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

  /** What makes the embeddings: the network, or the network with a learnt head, which is another embedder. */
  get embedder(): FaceEmbedder {
    return this.#head ?? this.#backbone;
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
   * @param options - without any, quality 'fast': what native dlib computes
   * @returns n embeddings of 128 numbers; of their own length in quality 'fast', else all of one length
   * @throws FaceTriggerError `ERR_SHAPE_MISMATCH` if the counts differ or a frame or its landmarks are malformed,
   * `ERR_INVALID_ARGUMENT`
   * @remarks The face is aligned inside. About 4 ms a view and thread (docs/performance.md).
   */
  async embed(
    images: readonly Image[],
    landmarks: readonly Landmarks[],
    options: EmbeddingOptions = {},
  ): Promise<Float32Array[]> {
    const recipe = embeddingRecipe(options);
    assertFrames(images, landmarks);
    const size = this.#backbone.chipSize;
    const views = images.map((image, i) => cutChipVariants(image, landmarks[i]!, { ...recipe, size }));
    const length = this.#lengthOf(this.#head, recipe);
    return combineViews(await this.embedder.embed(views.flat()), { faces: images.length, length });
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
   * @param options - limits, and how the embeddings were made. @defaultValue quality 'fast', as {@link embed}
   * @returns n identifications; a `null` label is a stranger
   * @throws FaceTriggerError `ERR_NOT_TRAINED`, `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`
   */
  async identify(
    embeddings: readonly Float32Array[],
    options: IdentifyOptions & EmbeddingOptions = {},
  ): Promise<Identification[]> {
    const classifier = this.#trained();
    const { kind, facts } = classifier;
    const known = {
      kind,
      labels: this.labels,
      references: facts.references ?? undefined,
      // Distances of a file that another program made may be anything.
      evidence: kind === 'foreign' ? undefined : evidenceOf(this.embedder.id, embeddingRecipe(options)),
    };
    return toIdentifications(await classifier.predict(embeddings), known, options);
  }

  /**
   * Learns people.
   *
   * @param dataset - embeddings, images with landmarks, or samples, and the label of each; names are kept in Unicode's
   * composed form
   * @param options - `quality` says how images are embedded: to be the same in recognition. @defaultValue 'fast'
   * @returns how the classifier came about, and the metric
   * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES`, `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`, `ERR_ABORTED`
   * @remarks Metric learning costs about 8 runs of the network a photo and seconds to minutes of training.
   */
  async train(dataset: TrainingSet, options: TrainOptions = {}): Promise<RecognizerTrainingReport> {
    const { metric, metricOptions, onMetricProgress, quality, mirror, jitter, evenLength, ...rest } = options;
    const recipe = embeddingRecipe({ quality, mirror, jitter, evenLength });
    this.#requireOpen();
    assertLabels(dataset.labels);
    const names = dataset.labels.map(canonicalName);
    const labelMap = [...new Set(names)].sort();
    const encoded = names.map((name) => labelMap.indexOf(name));
    let embeddings: readonly Float32Array[];
    let learned: MetricTraining | null = null;
    if (metric !== undefined) {
      if (metric !== 'triplet') throw invalidArgument("'triplet'", 'options.metric', metric);
      this.#requireFloats();
      const samples = await this.#samplesOf(dataset, recipe, metricOptions);
      assertCount(samples, dataset.labels);
      learned = await this.#learnMetric(samples, encoded, {
        ...{ ...rest, ...metricOptions, recipe },
        onProgress: onMetricProgress,
      });
      embeddings = learned.embeddings;
    } else if ('samples' in dataset) {
      throw invalidArgument("'triplet', as there are samples", 'options.metric', metric);
    } else if ('embeddings' in dataset) embeddings = dataset.embeddings;
    else embeddings = await this.embed(dataset.images, dataset.landmarks, recipe);
    try {
      assertCount(embeddings, dataset.labels);
      const { id, sha256, dimension } = learned ? (learned.head ?? this.#backbone) : this.embedder;
      const trained = await trainClassifier(embeddings, encoded, {
        // A head knows these people better than it will know others: distances between them calibrate nothing.
        ...(learned?.head && { calibration: 'default' }),
        ...rest,
        embedder: { id, sha256 },
      });
      await this.#replaceClassifier(trained.onnx, { id, sha256, dimension, labelMap });
      if (learned) await this.#replaceHead(learned.head);
      this.#labelMap = labelMap;
      return { ...trained.report, metric: learned?.report ?? null };
    } catch (error) {
      await learned?.head?.dispose();
      throw error;
    }
  }

  /**
   * What metric learning needs of one photo: some numbers of the network instead of the frame.
   *
   * @param image - the whole frame, gray or RGB
   * @param landmarks - 5 points in its pixels
   * @param options - as they will be given to {@link train}
   * @param options.photos - how many there are in all: with depth 'last-block' a photo takes some 130 KB, and of many
   * photos fewer augmented chips are kept. @defaultValue 1
   * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`
   */
  async metricSample(
    image: Image,
    landmarks: Landmarks,
    options: EmbeddingOptions & MetricOptions & { readonly photos?: number | undefined } = {},
  ): Promise<MetricSample> {
    this.#requireFloats();
    const { augmentations, seed, photos } = options;
    const activationsOf = options.depth === 'last-block' ? (await this.#lastBlocks()).input : undefined;
    const settings = { ...embeddingRecipe(options), augmentations, seed, activationsOf, photos };
    return collectMetricSample(this.#backbone, { image, landmarks }, settings);
  }

  /**
   * Loads a head in place of the network's last layer. A classifier that was loaded before no longer fits and is
   * forgotten.
   *
   * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH` if it was learnt on
   * another network
   */
  async loadHead(headModelPath: string): Promise<void> {
    const bytes = await readFileWithin(headModelPath, {
      maxBytes: MAX_HEAD_BYTES,
      missing: 'ERR_MODEL_NOT_FOUND',
      unfit: 'ERR_MODEL_FORMAT',
    });
    const head = await HeadEmbedder.create(this.#backbone, bytes);
    await this.#classifier?.dispose();
    this.#classifier = null;
    await this.#replaceHead(head);
  }

  /** Whether a learnt head stands in place of the network's last layer. */
  get hasHead(): boolean {
    return this.#head !== null;
  }

  /**
   * Saves the learnt head as ONNX, atomically.
   *
   * @throws FaceTriggerError `ERR_NOT_TRAINED` if there is none, `ERR_FILE_WRITE`
   */
  async saveHead(headModelPath: string): Promise<void> {
    if (this.#head === null) throw notTrained('There is no learnt head to save');
    await writeFileAtomic(headModelPath, this.#head.bytes, { mode: PRIVATE_FILE_MODE });
  }

  /**
   * Loads a classifier; a label map that is loaded stays.
   *
   * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH` if it was trained on
   * another embedder, or has classes that the loaded label map has no name for: load its label map first
   */
  async load(classifierModelPath: string): Promise<void> {
    const { id, sha256, dimension } = this.embedder;
    await this.#replaceClassifier(classifierModelPath, { id, sha256, dimension, labelMap: this.#labelMap });
  }

  /**
   * Saves the classifier as ONNX, atomically.
   *
   * @throws FaceTriggerError `ERR_NOT_TRAINED` before training, `ERR_FILE_WRITE`
   */
  async save(classifierModelPath: string): Promise<void> {
    this.#trained();
    await writeFileAtomic(classifierModelPath, this.#classifierBytes!, { mode: PRIVATE_FILE_MODE });
  }

  /**
   * Loads the names of the classifier's classes.
   *
   * @param labelMapPath - a file that `saveLabelMapping` wrote
   * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_FORMAT`, `ERR_MODEL_MISMATCH` if the loaded classifier has
   * classes without a name in it
   */
  async loadLabelMapping(labelMapPath: string): Promise<void> {
    const labelMap = await readLabelMap(labelMapPath);
    assertNamed(this.#classifier, labelMap);
    this.#labelMap = labelMap;
  }

  /** @throws FaceTriggerError `ERR_NOT_TRAINED` if there is no label map, `ERR_FILE_WRITE` */
  async saveLabelMapping(labelMapPath: string): Promise<void> {
    if (this.#labelMap === null) throw notTrained('There is no label map to save');
    await writeLabelMap(labelMapPath, this.#labelMap);
  }

  /** Frees the native models. Calling it again does nothing. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    await this.#replaceHead(null);
    await this.#backbone.dispose();
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

  /** The length that embeddings are scaled to; `null`: they keep their own. */
  #lengthOf(head: HeadEmbedder | null, { evenLength }: EmbeddingRecipe): number | null {
    // The mean of a head's embeddings is shorter than each of them.
    if (head !== null) return head.evenLength;
    return evenLength && this.#backbone.id === DLIB_EMBEDDER_ID ? DLIB_MEAN_LENGTH : null;
  }

  async #samplesOf(
    dataset: TrainingSet,
    recipe: EmbeddingRecipe,
    options: MetricOptions = {},
  ): Promise<readonly MetricSample[]> {
    if ('samples' in dataset) return dataset.samples;
    if ('embeddings' in dataset) {
      const expected = 'images with landmarks to learn a metric from';
      throw new FaceTriggerError(
        'ERR_INVALID_ARGUMENT',
        expectation(expected, 'dataset', 'embeddings alone'),
      );
    }
    const { images, landmarks } = dataset;
    assertFrames(images, landmarks);
    const samples: MetricSample[] = [];
    for (const [i, image] of images.entries()) {
      samples.push(
        await this.metricSample(image, landmarks[i]!, { ...recipe, ...options, photos: images.length }),
      );
    }
    return samples;
  }

  async #learnMetric(
    samples: readonly MetricSample[],
    people: readonly number[],
    options: MetricOptions &
      Pick<TrainOptions, 'signal'> & {
        readonly recipe: EmbeddingRecipe;
        readonly onProgress: TrainOptions['onMetricProgress'];
      },
  ): Promise<MetricTraining> {
    const lastLayer = readLastLayer(await this.#backbone.modelBytes());
    const lastBlocks = options.depth === 'last-block' ? (await this.#lastBlocks()).blocks : undefined;
    const { id, sha256 } = this.#backbone;
    const backbone = { id, sha256 };
    const learned = await learnMetric(samples, people, { ...options, lastLayer, lastBlocks, backbone });
    const head = learned.onnx && (await HeadEmbedder.create(this.#backbone, learned.onnx));
    const views = samples.flatMap((sample) => sample.views);
    const inputs = head?.facts.blocks ? samples.flatMap((sample) => sample.activations!.views) : views;
    const embedded = head ? await head.fromInputs(inputs) : applyLayer(lastLayer, views);
    const length = this.#lengthOf(head, options.recipe);
    return {
      head,
      report: learned.report,
      embeddings: combineViews(embedded, { faces: samples.length, length }),
    };
  }

  #requireFloats(): void {
    if (this.#backbone.precision === 'fp32') return;
    const message = "Metric learning starts from the network in floats: leave the precision 'int8' out";
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', message);
  }

  /** Read from the network's file once. */
  #lastBlocks(): Promise<LastBlocks> {
    this.#blocks ??= this.#backbone.modelBytes().then((bytes) => readLastBlocks(bytes, { count: 1 }));
    return this.#blocks;
  }

  async #replaceHead(head: HeadEmbedder | null): Promise<void> {
    await this.#head?.dispose();
    this.#head = head;
  }

  async #replaceClassifier(
    source: string | Uint8Array,
    fitting: { id: string; sha256: string; dimension: number; labelMap: LabelMap | null },
  ): Promise<void> {
    const { labelMap, ...embedder } = fitting;
    const limits = {
      maxBytes: MAX_CLASSIFIER_BYTES,
      missing: 'ERR_MODEL_NOT_FOUND',
      unfit: 'ERR_MODEL_FORMAT',
    } as const;
    this.#requireOpen();
    const bytes = typeof source === 'string' ? await readFileWithin(source, limits) : source;
    const classifier = await OnnxClassifier.create(bytes, { embedder });
    try {
      assertNamed(classifier, labelMap);
    } catch (error) {
      await classifier.dispose();
      throw error;
    }
    await this.#classifier?.dispose();
    this.#classifier = classifier;
    this.#classifierBytes = bytes;
  }
}

/** A class without a name would be told by its number, as if it were a name. */
function assertNamed(classifier: OnnxClassifier | null, labelMap: LabelMap | null): void {
  const last = classifier?.classes.at(-1);
  if (last === undefined || labelMap === null || last < labelMap.length) return;
  const message = expectation(
    `a name for each of the classifier's classes, which go up to ${last},`,
    'the label map',
    `${labelMap.length} names`,
  );
  throw new FaceTriggerError(
    'ERR_MODEL_MISMATCH',
    `${message}; load the label map that was saved with the classifier`,
  );
}

/** What cannot be a name in a label map would be found out only when the label map is saved. */
function assertLabels(labels: readonly string[]): void {
  if (!Array.isArray(labels)) throw invalidArgument('an array of names', 'labels', labels);
  const bad = labels.findIndex((label) => typeof label !== 'string' || canonicalName(label) === '');
  if (bad >= 0) throw invalidArgument('a name of at least one character', `labels[${bad}]`, labels[bad]);
}

function assertCount(faces: readonly unknown[], labels: readonly string[]): void {
  if (faces.length === labels.length) return;
  const expected = `a label for each of ${faces.length} faces`;
  throw new FaceTriggerError('ERR_SHAPE_MISMATCH', expectation(expected, 'labels', labels.length));
}

function assertFrames(images: readonly Image[], landmarks: readonly Landmarks[]): void {
  if (!Array.isArray(images)) {
    throw new FaceTriggerError('ERR_SHAPE_MISMATCH', expectation('an array of images', 'images', images));
  }
  if (!Array.isArray(landmarks) || landmarks.length !== images.length) {
    const expected = `an array of landmarks for each of ${images.length} images`;
    const received = Array.isArray(landmarks) ? landmarks.length : landmarks;
    throw new FaceTriggerError('ERR_SHAPE_MISMATCH', expectation(expected, 'landmarks', received));
  }
}

function notTrained(problem: string): FaceTriggerError {
  return new FaceTriggerError('ERR_NOT_TRAINED', `${problem}: call train() or load() first`);
}
