import type { LabelMap } from '../classify/label-map.ts';
import {
  type TrainClassifierOptions,
  type TrainedClassifier,
  type TrainingReport,
  trainClassifier,
} from '../classify/train-classifier.ts';
import { distancesIn } from '../core/embed/distance-facts.ts';
import { type EmbedderProfile, identityOf } from '../core/embed/embedder-profile.ts';
import type { EmbeddingOptions, EmbeddingRecipe } from '../core/embed/embedding-quality.ts';
import { expectation, FaceTriggerError, invalidArgument } from '../core/errors.ts';
import type { Point } from '../core/geometry/point.ts';
import type { Image } from '../core/image/image.ts';
import type { Landmarks } from '../core/landmark/landmarks.ts';
import { type MetricName, metricOf } from '../core/metric/metric.ts';
import { canonicalName } from '../core/text/person-name.ts';
import type { MetricOptions, MetricReport, MetricSample } from '../extras/metric-learning/learn-metric.ts';
import type { MetricTrainer, TrainedMetric } from '../extras/metric-learning/train-metric.ts';

/**
 * Faces to learn from: embeddings, or whole frames with the landmarks of the face in them, or, to learn a metric
 * without keeping the frames, what `FaceRecognizer.metricSample` made of each.
 */
export type TrainingSet = (
  | { readonly embeddings: readonly Float32Array[] }
  | { readonly images: readonly Image[]; readonly landmarks: readonly (Landmarks | readonly Point[])[] }
  | { readonly samples: readonly MetricSample[] }
) & {
  /** The person of each embedding or image. */
  readonly labels: readonly string[];
};

export interface TrainOptions
  extends Omit<TrainClassifierOptions, 'embedder' | 'metric' | 'defaultCalibration'>,
    EmbeddingOptions {
  /**
   * Learn the network's last layer anew with the triplet loss before the classifier, and use it if people that it
   * did not learn from are told apart better. Needs images or samples, of at least 10 people with 3 photos each.
   * `metricOptions.depth: 'last-block'` tries the network's last residual block too.
   */
  readonly metric?: 'triplet' | undefined;
  /** How the classifier measures distances: as those that they are compared with. @defaultValue as the embedder does */
  readonly distanceMetric?: MetricName | undefined;
  readonly metricOptions?: MetricOptions | undefined;
  /** Called with the share of the metric learning that is done, 0 - 1. */
  readonly onMetricProgress?: ((done: number) => void) | undefined;
}

/** What `FaceRecognizer.train` made. */
export interface RecognizerTrainingReport extends TrainingReport {
  /** How metric learning went; `null` where it was not asked for. */
  readonly metric: MetricReport | null;
}

/** What learning may use of a recognizer. */
export interface LearningParts {
  /** Of the embedder as it is, and of the network without a head. */
  readonly profile: EmbedderProfile;
  readonly backbone: EmbedderProfile;
  readonly recipe: EmbeddingRecipe;
  embed(
    images: readonly Image[],
    landmarks: readonly (Landmarks | readonly Point[])[],
  ): Promise<readonly Float32Array[]>;
  openTrainer(): Promise<MetricTrainer>;
}

/** What {@link learnPeople} made. */
export interface LearnedPeople {
  readonly classifier: TrainedClassifier;
  readonly labelMap: LabelMap;
  /** Of the embedder that the classifier belongs to. */
  readonly profile: EmbedderProfile;
  /** `null` where no metric was asked for. */
  readonly metric: TrainedMetric | null;
}

/** The work of `FaceRecognizer.train`; a head that was learned is the caller's to dispose of. */
export async function learnPeople(
  dataset: TrainingSet,
  options: TrainOptions,
  parts: LearningParts,
): Promise<LearnedPeople> {
  const { metric: method, metricOptions, onMetricProgress, ...rest } = options;
  if (method !== undefined && method !== 'triplet')
    throw invalidArgument("'triplet'", 'options.metric', method);
  assertLabels(dataset.labels);
  const names = dataset.labels.map(canonicalName);
  const labelMap = [...new Set(names)].sort();
  const encoded = names.map((name) => labelMap.indexOf(name));
  const { quality, mirror, jitter, evenLength, distanceMetric, ...classifierOptions } = rest;
  let metric: TrainedMetric | null = null;
  if (method !== undefined) {
    const { recipe } = parts;
    const trainer = await parts.openTrainer();
    const samples = await samplesOf(dataset, trainer, { ...recipe, ...metricOptions });
    assertCount(samples, dataset.labels);
    const settings = { ...classifierOptions, ...metricOptions, recipe, onProgress: onMetricProgress };
    metric = await trainer.train(samples, encoded, settings);
  }
  try {
    const embeddings = metric?.embeddings ?? (await embeddingsOf(dataset, parts));
    assertCount(embeddings, dataset.labels);
    const profile = metric ? (metric.head?.profile ?? parts.backbone) : parts.profile;
    const measuredIn = metricOf(distanceMetric ?? profile.metric).name;
    const { calibration: defaultCalibration } = distancesIn(profile, measuredIn);
    const classifier = await trainClassifier(embeddings, encoded, {
      // A head knows these people better than it will know others: distances between them calibrate nothing.
      ...(metric?.head && { calibration: 'default' }),
      ...{ metric: measuredIn, defaultCalibration },
      ...classifierOptions,
      embedder: identityOf(profile),
    });
    return { classifier, labelMap, profile, metric };
  } catch (error) {
    await metric?.head?.dispose();
    throw error;
  }
}

async function embeddingsOf(dataset: TrainingSet, parts: LearningParts): Promise<readonly Float32Array[]> {
  if ('embeddings' in dataset) return dataset.embeddings;
  if ('images' in dataset) return parts.embed(dataset.images, dataset.landmarks);
  throw invalidArgument("'triplet', as there are samples", 'options.metric', undefined);
}

async function samplesOf(
  dataset: TrainingSet,
  trainer: MetricTrainer,
  options: EmbeddingRecipe & MetricOptions,
): Promise<readonly MetricSample[]> {
  if ('samples' in dataset) return dataset.samples;
  if ('embeddings' in dataset)
    throw invalidArgument('images with landmarks to learn a metric from', 'dataset', 'embeddings alone');
  const { images, landmarks } = dataset;
  assertFrames(images, landmarks);
  const samples: MetricSample[] = [];
  for (const [i, image] of images.entries())
    samples.push(await trainer.sample(image, landmarks[i]!, { ...options, photos: images.length }));
  return samples;
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

/** @throws FaceTriggerError `ERR_SHAPE_MISMATCH` unless there are landmarks for each image */
export function assertFrames(images: readonly Image[], landmarks: readonly unknown[]): void {
  if (!Array.isArray(images)) {
    throw new FaceTriggerError('ERR_SHAPE_MISMATCH', expectation('an array of images', 'images', images));
  }
  if (!Array.isArray(landmarks) || landmarks.length !== images.length) {
    const expected = `an array of landmarks for each of ${images.length} images`;
    const received = Array.isArray(landmarks) ? landmarks.length : landmarks;
    throw new FaceTriggerError('ERR_SHAPE_MISMATCH', expectation(expected, 'landmarks', received));
  }
}
