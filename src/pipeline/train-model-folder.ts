import {
  DEFAULT_QUALITY,
  type EmbeddingOptions,
  type EmbeddingRecipe,
  embeddingRecipe,
} from '../core/embed/embedding-quality.ts';
import { FaceTriggerError } from '../core/errors.ts';
import { defaultMinProbability } from '../core/identify/identification.ts';
import type { Image } from '../core/image/image.ts';
import type { MetricName } from '../core/metric/metric.ts';
import { withoutUndefined } from '../core/options/without-undefined.ts';
import type { AnalyzeOptions } from '../core/pipeline/face-pipeline.ts';
import { mainFaces } from '../core/pipeline/main-faces.ts';
import { naturalOrder } from '../dataset/natural-order.ts';
import { type PeopleScan, readPeopleFolder, scanPeopleFolder } from '../dataset/people-folder.ts';
import type { SkippedFile } from '../dataset/skipped-file.ts';
import { recommendThreshold, type ThresholdRecommendation } from '../evaluate/recommend-threshold.ts';
import type { NamedFace } from '../evaluate/search-outcome.ts';
import type { MetricSample } from '../extras/metric-learning/learn-metric.ts';
import type { RecognizerTrainingReport, TrainOptions } from '../people/learn-people.ts';
import { assertReplaceable, type ModelDescription, writeModelFolder } from '../people/model-folder.ts';
import {
  type Enrollment,
  type EnrollPeopleOptions,
  enrollPeople,
  type SkippedPhoto,
} from './enroll-people.ts';
import type { FacePipeline } from './face-pipeline.ts';
import type { RememberedFaces } from './remembered-faces.ts';

/** Options of {@link trainModelFolder}. */
export interface TrainModelFolderOptions extends Omit<EnrollPeopleOptions, 'facts'> {
  /** Folder that the model goes to; only an older model there is replaced. */
  readonly out: string;
  /** Version of face-trigger, for `model.json`. */
  readonly createdBy: string;
  /** How faces are found and embedded. */
  readonly analysis?: Pick<AnalyzeOptions, 'minFaceSize' | 'minScore' | keyof EmbeddingOptions> | undefined;
  /** How the classifier is trained. */
  readonly training?: Omit<TrainOptions, 'signal' | 'onMetricProgress'> | undefined;
  /** Takes faces from an interrupted run and keeps those that are found. */
  readonly remembered?: RememberedFaces | null | undefined;
  /** Called while a metric is learned with the share that is done, 0 - 1. */
  readonly onMetricProgress?: ((done: number) => void) | undefined;
  /** Limits that recognition uses unless told otherwise. @defaultValue the embedder's and what fits the classifier */
  readonly maxDistance?: number | undefined;
  readonly minProbability?: number | undefined;
  /** Choose `maxDistance` by an error rate that it must keep; see {@link recommendThreshold}. */
  readonly target?: ThresholdTarget | undefined;
}

/** An error rate to keep; one of the two. */
export interface ThresholdTarget {
  /** Share of strangers that may get a name. */
  readonly fpir?: number | undefined;
  /** Share of pairs of different people that may pass as one. */
  readonly fmr?: number | undefined;
  /** Folder of photos of people who are not among those to learn; makes smaller rates possible. */
  readonly strangers?: string | undefined;
}

/** What {@link trainModelFolder} did. */
export interface TrainModelFolderResult extends Pick<Enrollment, 'skipped' | 'notLearned' | 'shared'> {
  readonly description: ModelDescription;
  readonly report: RecognizerTrainingReport;
  /** @deprecated called `notLearned` */
  readonly left: readonly string[];
  /** Files and folders that are nobody's photo, such as videos, notes and the folders of a file server. */
  readonly ignored: readonly SkippedFile[];
}

/**
 * Learns people from a folder of photos and writes a model folder.
 *
 * @param folder - photos as `scanPeopleFolder` takes them
 * @param pipeline - finds and embeds the faces; its recognizer knows the people afterwards
 * @throws FaceTriggerError `ERR_DATASET`, `ERR_FILE_NOT_FOUND`, `ERR_TOO_FEW_SAMPLES` if there is no usable photo
 * of anybody or too few for a target error or a metric, `ERR_UNSUPPORTED_OPTION` for both of these together, `ERR_FILE_WRITE`, `ERR_ABORTED`
 */
export async function trainModelFolder(
  folder: string,
  pipeline: FacePipeline,
  options: TrainModelFolderOptions,
): Promise<TrainModelFolderResult> {
  const { out, analysis = {}, training = {}, signal } = options;
  refuseContradictions(options);
  await assertReplaceable(out);
  const scan = await scanPeopleFolder(folder);
  const found = scan.people;
  const { minFaceSize, minScore } = analysis;
  const recipe = embeddingRecipe({ quality: DEFAULT_QUALITY, ...withoutUndefined(analysis) });
  const look = (image: Image) =>
    pipeline.analyze(image, { minFaceSize, minScore, ...recipe, identities: false });
  const again = options.remembered?.wrap(look);
  const analyze = again ? (image: Image) => again(image, 1) : look;
  const photos = found.reduce((sum, person) => sum + person.photos.length, 0);
  const metricOptions = { ...recipe, ...training.metricOptions, photos };
  const metricSamples = training.metric === undefined ? null : sampling(analyze, pipeline, metricOptions);
  const facts = pipeline.embedder.profile;
  const enrollment = await enrollPeople(found, metricSamples?.analyze ?? analyze, {
    ...options,
    facts,
  });
  const { people, shared } = enrollment;
  const notLearned = [...enrollment.notLearned, ...scan.withoutPhotos].sort(naturalOrder);
  const skipped = [...unreadableKinds(scan), ...enrollment.skipped];
  if (people.length === 0) throw nobody(folder, skipped);
  const { target } = options;
  const thresholdBasis =
    target &&
    recommendFor(
      people,
      target,
      await enrollStrangers(target, analyze, { ...options, facts }),
      training.distanceMetric ?? facts.metric,
    );

  const embeddings = people.flatMap((person) => person.embeddings);
  const labels = people.flatMap((person) => person.embeddings.map(() => person.label));
  const report = await pipeline.recognizer.train(
    metricSamples
      ? { samples: embeddings.map((embedding) => metricSamples.of.get(embedding)!), labels }
      : { embeddings, labels },
    { ...training, ...recipe, onMetricProgress: options.onMetricProgress, ...(signal && { signal }) },
  );
  const description = describeModel(pipeline, options, { people, recipe, report, thresholdBasis });
  await writeModelFolder(out, { recognizer: pipeline.recognizer, description });
  const ignored = scan.skipped.filter(({ label }) => label === undefined);
  return { description, report, notLearned, left: notLearned, skipped, shared, ignored };
}

function refuseContradictions({ target, maxDistance, training }: TrainModelFolderOptions): void {
  if (target && maxDistance !== undefined) {
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', 'Give either maxDistance or a target error, not both');
  }
  if (target && training?.metric !== undefined) {
    throw new FaceTriggerError(
      'ERR_UNSUPPORTED_OPTION',
      'A target error cannot be guaranteed with a learned metric, because it was learned from the same people on ' +
        'whom the error would be measured. Use only one of the two',
    );
  }
}

type Analyze = Parameters<typeof enrollPeople>[1];

/** Takes what a metric learns from of each photo that is looked at, kept by the embedding of its face. */
function sampling(
  analyze: Analyze,
  { recognizer }: FacePipeline,
  options: NonNullable<Parameters<FacePipeline['recognizer']['metricSample']>[2]>,
): { readonly analyze: Analyze; readonly of: ReadonlyMap<Float32Array, MetricSample> } {
  const of = new Map<Float32Array, MetricSample>();
  return {
    of,
    async analyze(image) {
      const faces = await analyze(image);
      // As enrollPeople chooses: passers-by do not count.
      const [face, ...others] = mainFaces(faces);
      if (face === undefined || others.length > 0) return faces;
      const { embedding, landmarks } = face;
      of.set(embedding!, await recognizer.metricSample(image, landmarks, options));
      return faces;
    },
  };
}

function describeModel(
  { recognizer, ledger }: FacePipeline,
  { createdBy, analysis, maxDistance, minProbability }: TrainModelFolderOptions,
  learned: {
    readonly people: Enrollment['people'];
    readonly recipe: EmbeddingRecipe;
    readonly report: RecognizerTrainingReport;
    readonly thresholdBasis: ThresholdRecommendation | undefined;
  },
): ModelDescription {
  const { people, recipe, report, thresholdBasis } = learned;
  const photos = new Map(people.map(({ label, embeddings }) => [label, embeddings.length]));
  const { id, sha256, dimension, lengthRule, metric: distance } = recognizer.embedder.profile;
  const { thresholds, metric: measuredIn } = recognizer.distances;
  return {
    format: 'face-trigger-model',
    version: 1,
    createdBy,
    embedder: { id, sha256, dimension, metric: distance, lengthRule },
    classifier: { kind: report.kind, C: report.C, metric: measuredIn },
    people: recognizer.labels.map((label) => ({ label, photos: photos.get(label) ?? 0 })),
    detection: { minFaceSize: analysis?.minFaceSize ?? null, minScore: analysis?.minScore ?? null },
    averaging: recipe,
    head: recognizer.hasHead,
    ...(report.metric && { metric: report.metric }),
    ledger,
    thresholds: {
      maxDistance: maxDistance ?? thresholdBasis?.maxDistance ?? thresholds.identify,
      minProbability: minProbability ?? defaultMinProbability(report.kind),
    },
    ...(thresholdBasis && { thresholdBasis }),
  };
}

/** Pictures of kinds that are not read, beside the photos that were looked at in vain. */
function unreadableKinds({ skipped }: PeopleScan): SkippedPhoto[] {
  return skipped.flatMap(({ label, path, reason, message }) =>
    label !== undefined && (reason === 'unsupported' || reason === 'not-downloaded')
      ? [{ label, photo: path, reason, message }]
      : [],
  );
}

async function enrollStrangers(
  { strangers }: ThresholdTarget,
  analyze: Analyze,
  options: EnrollPeopleOptions,
): Promise<Enrollment['people']> {
  if (strangers === undefined) return [];
  return (await enrollPeople(await readPeopleFolder(strangers), analyze, options)).people;
}

function recommendFor(
  people: Enrollment['people'],
  { fpir, fmr }: ThresholdTarget,
  strangers: Enrollment['people'],
  metric: MetricName,
): ThresholdRecommendation {
  return recommendThreshold(toFaces(people), {
    cohort: toFaces(strangers),
    metric,
    ...(fpir !== undefined && { targetFpir: fpir }),
    ...(fmr !== undefined && { targetFmr: fmr }),
  });
}

function toFaces(people: Enrollment['people']): NamedFace[] {
  return people.flatMap(({ label, embeddings }) =>
    embeddings.map((embedding, i) => ({ id: `${label}/${i}`, person: label, embedding })),
  );
}

function nobody(folder: string, skipped: Enrollment['skipped']): FaceTriggerError {
  const [first] = skipped;
  const example = first ? `, for example ${first.photo}: ${first.message}` : '';
  const message = `None of the ${skipped.length} photos in ${folder} shows exactly one face${example}`;
  return new FaceTriggerError('ERR_TOO_FEW_SAMPLES', message);
}
