import { landmarksFor } from '../../core/align/chip-template.ts';
import { combineViews } from '../../core/embed/combine-views.ts';
import { evenLengthOf } from '../../core/embed/embed-faces.ts';
import type { EmbedderProfile } from '../../core/embed/embedder-profile.ts';
import {
  type EmbeddingOptions,
  type EmbeddingRecipe,
  embeddingRecipe,
} from '../../core/embed/embedding-quality.ts';
import { type FaceEmbedder, isTrainable, type TrainableEmbedder } from '../../core/embed/face-embedder.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import type { Point } from '../../core/geometry/point.ts';
import type { Image } from '../../core/image/image.ts';
import type { Landmarks } from '../../core/landmark/landmarks.ts';
import type { Runtime } from '../../core/runtime/runtime.ts';
import { collectMetricSample } from './collect-samples.ts';
import { applyLayer } from './embedding-head.ts';
import { HeadEmbedder } from './head-embedder.ts';
import { learnMetric, type MetricOptions, type MetricReport, type MetricSample } from './learn-metric.ts';
import { type LastBlocks, readLastBlocks } from './read-last-blocks.ts';
import { readLastLayer } from './read-last-layer.ts';

/** Options of `MetricTrainer.sample`, as they will be given to the training. */
export interface SampleOptions extends EmbeddingOptions, MetricOptions {
  /**
   * How many photos there are in all: with depth 'last-block' a photo takes some 130 KB, and of many photos fewer
   * augmented chips are kept. @defaultValue 1
   */
  readonly photos?: number | undefined;
}

/** What metric learning made. */
export interface TrainedMetric {
  /** `null`: the network's own last layer stays. */
  readonly head: HeadEmbedder | null;
  readonly report: MetricReport;
  /** Of the samples, by the head or the network as it is. */
  readonly embeddings: readonly Float32Array[];
}

/** Learns a new end for a network from photos of people. */
export class MetricTrainer {
  readonly #backbone: TrainableEmbedder;
  readonly #runtime: Runtime | undefined;
  #blocks: Promise<LastBlocks> | null = null;

  /** @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for an embedder whose inside cannot be learned */
  constructor(backbone: FaceEmbedder, runtime?: Runtime) {
    if (!isTrainable(backbone)) {
      const message = `Metric learning needs an embedder that computes in floats and gives its inner values, which "${backbone.profile.id}" is not: leave the precision 'int8' out`;
      throw new FaceTriggerError('ERR_INVALID_ARGUMENT', message);
    }
    this.#backbone = backbone;
    this.#runtime = runtime;
  }

  /** @throws FaceTriggerError `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH` if the head was learned on another network */
  async openHead(bytes: Uint8Array): Promise<HeadEmbedder> {
    return HeadEmbedder.create(this.#backbone, bytes, this.#runtime);
  }

  /**
   * What metric learning needs of one photo: some numbers of the network instead of the frame.
   *
   * @param image - the whole frame, gray or RGB
   * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`
   */
  async sample(
    image: Image,
    landmarks: Landmarks | readonly Point[],
    options: SampleOptions,
  ): Promise<MetricSample> {
    const { augmentations, seed, photos } = options;
    const activationsOf = options.depth === 'last-block' ? (await this.#lastBlocks()).input : undefined;
    const face = { image, landmarks: landmarksFor(this.#backbone.profile.chip, landmarks) };
    const settings = { ...embeddingRecipe(options), augmentations, seed, activationsOf, photos };
    return collectMetricSample(this.#backbone, face, settings);
  }

  /**
   * @param samples - one for each photo
   * @param people - the person of each
   * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES`, `ERR_ABORTED`, `ERR_INVALID_ARGUMENT`
   */
  async train(
    samples: readonly MetricSample[],
    people: readonly number[],
    options: MetricOptions & {
      readonly recipe: EmbeddingRecipe;
      readonly signal?: AbortSignal | undefined;
      readonly onProgress?: ((done: number) => void) | undefined;
    },
  ): Promise<TrainedMetric> {
    const backbone = this.#backbone;
    const lastLayer = readLastLayer(await backbone.modelBytes());
    const lastBlocks = options.depth === 'last-block' ? (await this.#lastBlocks()).blocks : undefined;
    const networks = { lastLayer, lastBlocks, backbone: backbone.profile };
    const learned = await learnMetric(samples, people, { ...options, ...networks });
    const head = learned.onnx && (await this.openHead(learned.onnx));
    const views = samples.flatMap((sample) => sample.views);
    const inputs = head?.facts.blocks ? samples.flatMap((sample) => sample.activations!.views) : views;
    const embedded = head ? await head.fromInputs(inputs) : applyLayer(lastLayer, views);
    const profile: EmbedderProfile = head?.profile ?? backbone.profile;
    const length = evenLengthOf(profile, options.recipe);
    return {
      head,
      report: learned.report,
      embeddings: combineViews(embedded, { faces: samples.length, length }),
    };
  }

  /** Read from the network's file once. */
  #lastBlocks(): Promise<LastBlocks> {
    this.#blocks ??= this.#backbone.modelBytes().then((bytes) => readLastBlocks(bytes, { count: 1 }));
    return this.#blocks;
  }
}
