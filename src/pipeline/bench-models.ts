import { FaceTriggerError } from '../core/errors.ts';
import { type MetricName, metricOf } from '../core/metric/metric.ts';
import { countUpTo, type PairScores, sortScores } from '../evaluate/pair-scores.ts';
import { type KnownFace, pairsOfFaces } from '../evaluate/pairs-of-faces.ts';
import { areaUnderCurve, equalErrorRate } from '../evaluate/roc.ts';
import type { LedgerEntry } from '../models/licence-ledger.ts';
import type { FacePipeline } from './face-pipeline.ts';
import { type BenchPhoto, type ReadPhotosOptions, readPhotos } from './read-photos.ts';

/** How fast and how right a pack's networks are on some photos. */
export interface ModelsBench {
  readonly embedder: { readonly id: string; readonly dimension: number; readonly metric: string };
  readonly ledger: readonly LedgerEntry[];
  /** Photos that could be read. */
  readonly photos: number;
  /** Of them, photos with at least one face. */
  readonly photosWithFace: number;
  readonly faces: number;
  /** Milliseconds, the middle one of all photos: finding the faces of a photo, and embedding one of them. */
  readonly findMs: number;
  readonly embedMs: number | null;
  /** Of the largest face of each photo, in pairs; absent where too few photos say who is on them. */
  readonly accuracy?: BenchAccuracy | undefined;
  /** Distances of the pairs, for charts. */
  readonly scores?: PairScores | undefined;
}

export interface BenchAccuracy {
  /** Pairs of one person and of two people. */
  readonly genuine: number;
  readonly impostor: number;
  /** Rate at which both errors are equally frequent, and the distance there. */
  readonly equalErrorRate: number;
  readonly equalErrorDistance: number;
  readonly auc: number;
  /** Share of one person's pairs nearer than the nearest pair of two people. */
  readonly trueAcceptsAtNone: number;
  /** Shares of one person's pairs refused, and of two people's accepted, at the pack's own limit for two photos. */
  readonly atOwnLimit: { readonly maxDistance: number; readonly refused: number; readonly accepted: number };
}

/** More pairs of two people than this are drawn at random. */
const MAX_IMPOSTOR_PAIRS = 200_000;

/**
 * Times a pipeline on photos and, where they say who is on them, judges its distances.
 *
 * @param photos - the first is looked at once before, untimed; reading them is not timed either
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES` without a photo that can be read
 */
export async function benchModels(
  pipeline: FacePipeline,
  photos: readonly BenchPhoto[],
  options: ReadPhotosOptions = {},
): Promise<ModelsBench> {
  const [first] = photos;
  if (first === undefined)
    throw new FaceTriggerError('ERR_TOO_FEW_SAMPLES', 'There is no photo to measure with');
  const { id, dimension, metric, thresholds } = pipeline.embedder.profile;
  const times: { find: number[]; embed: number[] } = { find: [], embed: [] };
  const known: KnownFace[] = [];
  let faces = 0;
  let photosWithFace = 0;
  let isWarm = false;
  for await (const { image, person } of readPhotos(photos, options)) {
    if (!isWarm) await pipeline.analyze(image);
    isWarm = true;
    const start = performance.now();
    const found = await pipeline.finder.find(image);
    times.find.push(performance.now() - start);
    faces += found.length;
    const largest = found.toSorted((a, b) => b.box.width * b.box.height - a.box.width * a.box.height)[0];
    if (largest === undefined) continue;
    photosWithFace++;
    const before = performance.now();
    const [described] = await pipeline.describe(image, [largest]);
    times.embed.push(performance.now() - before);
    const embedding = described?.embedding;
    if (person !== undefined && embedding) known.push({ person, embedding });
  }
  options.onProgress?.(photos.length, photos.length);
  const findMs = median(times.find);
  if (findMs === null)
    throw new FaceTriggerError('ERR_TOO_FEW_SAMPLES', 'There is no photo that can be read');
  const scores = comparablePairs(known, metric);
  return {
    ...{ embedder: { id, dimension, metric }, ledger: pipeline.ledger },
    ...{ photos: times.find.length, photosWithFace, faces, findMs },
    embedMs: median(times.embed),
    ...(scores && { scores, accuracy: judge(scores, thresholds.verify) }),
  };
}

/** @returns null where there is no pair of one person or none of two people */
export function comparablePairs(faces: readonly KnownFace[], metric: MetricName): PairScores | null {
  const scores = pairsOfFaces(faces, metricOf(metric).distance, { mostPairs: MAX_IMPOSTOR_PAIRS });
  return scores.genuine.length === 0 || scores.impostor.length === 0 ? null : scores;
}

/** What pairs of photos say of the distances of an embedder. */
export function judge(scores: PairScores, maxDistance: number): BenchAccuracy {
  const { genuine, impostor } = sortScores(scores);
  const { eer, maxDistance: equalErrorDistance } = equalErrorRate(scores);
  const nearest = impostor[0]!;
  const nearer = genuine.filter((distance) => distance < nearest).length;
  return {
    ...{ genuine: genuine.length, impostor: impostor.length },
    ...{ equalErrorRate: eer, equalErrorDistance, auc: areaUnderCurve(scores) },
    trueAcceptsAtNone: nearer / genuine.length,
    atOwnLimit: {
      maxDistance,
      refused: 1 - countUpTo(genuine, maxDistance) / genuine.length,
      accepted: countUpTo(impostor, maxDistance) / impostor.length,
    },
  };
}

function median(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}
