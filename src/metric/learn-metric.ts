import type { EmbedderIdentity } from '../classify/classifier-file.ts';
import { FaceTriggerError } from '../errors.ts';
import { createRandom } from '../random/random.ts';
import { EmbeddingHead, type LinearLayer } from './embedding-head.ts';
import { DEFAULT_FIT, fitHead, type HeadSamples } from './fit-head.ts';
import { encodeHead } from './head-file.ts';
import { type HeadJudgement, JUDGE_FOLDS, judgeHead } from './judge-head.ts';
import type { FacePhoto } from './sample-batches.ts';
import type { Rows } from './triplet-loss.ts';

/** The network's features of one photo's face. */
export interface MetricSample {
  /** Of the views whose mean is the photo's embedding; at least one. */
  readonly views: readonly Float32Array[];
  /** Of augmented chips, which are only learnt from. */
  readonly augmented: readonly Float32Array[];
}

/** Options of metric learning. */
export interface MetricOptions {
  /** Neurons of a hidden layer beside the linear map; 0: none. @defaultValue 0 */
  readonly hidden?: number | undefined;
  /** Augmented chips of each photo, 0 - 50. @defaultValue {@link DEFAULT_AUGMENTATIONS} */
  readonly augmentations?: number | undefined;
  /** Equal seeds give equal heads. @defaultValue 0 */
  readonly seed?: number | undefined;
}

/** What metric learning came to. */
export interface MetricReport extends HeadJudgement {
  readonly method: 'triplet';
  readonly hidden: number;
  /** Why the head is used or not, as a sentence. */
  readonly reason: string;
}

/** Result of {@link learnMetric}. */
export interface LearnedMetric {
  /** Bytes of the head's file; `null` when the network's own last layer is as good. */
  readonly onnx: Uint8Array | null;
  readonly report: MetricReport;
}

export const DEFAULT_AUGMENTATIONS = 6;
/** With fewer people, or fewer photos of each, nothing can be said about people who were not learnt from. */
export const METRIC_MINIMUM = { people: 2 * JUDGE_FOLDS, photos: 3 } as const;

/**
 * Learns a new last layer for a network from photos of people, and says whether it is any better.
 *
 * @param samples - one for each photo
 * @param people - the person of each sample; those with fewer photos than {@link METRIC_MINIMUM} are left out
 * @param options.backbone - the network that the features are of
 * @param options.lastLayer - its own last layer: where learning starts, and what the head is compared with
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES`, `ERR_ABORTED`, `ERR_INVALID_ARGUMENT`
 * @remarks FaceNet's triplet loss, arXiv 1503.03832, on a frozen network. Cross-validated over people (see
 * {@link judgeHead}); the head that is returned learnt from all of them for as many epochs as the median of those.
 */
export async function learnMetric(
  samples: readonly MetricSample[],
  people: ArrayLike<number>,
  options: MetricOptions & {
    readonly backbone: EmbedderIdentity;
    readonly lastLayer: LinearLayer;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((done: number) => void) | undefined;
  },
): Promise<LearnedMetric> {
  const { hidden = 0, seed = 0, backbone, lastLayer, signal, onProgress } = options;
  const prepared = prepare(samples, people, lastLayer.inputs);
  const random = createRandom(seed);
  const start = EmbeddingHead.fromLinear(lastLayer, { hidden, random });
  const judgement = await judgeHead(start, prepared, {
    fit: DEFAULT_FIT,
    seed,
    signal,
    onProgress: (done) => onProgress?.(done * 0.85),
  });
  const report: MetricReport = { method: 'triplet', hidden, ...judgement, reason: explain(judgement) };
  if (!judgement.adopted) return { onnx: null, report };
  const fit = { ...DEFAULT_FIT, maxEpochs: judgement.epochs };
  const { head } = await fitHead(start, prepared, { ...fit, stopOn: null, random, signal });
  onProgress?.(1);
  return { onnx: encodeHead(head, { backbone, scale: judgement.scale, training: { ...report } }), report };
}

function prepare(
  samples: readonly MetricSample[],
  people: ArrayLike<number>,
  columns: number,
): HeadSamples & { features: Rows } {
  const counts = new Map<number, number>();
  for (let i = 0; i < samples.length; i++) counts.set(people[i]!, (counts.get(people[i]!) ?? 0) + 1);
  const used = samples.filter((_, i) => counts.get(people[i]!)! >= METRIC_MINIMUM.photos);
  const usedPeople = Array.from(people).filter((person) => counts.get(person)! >= METRIC_MINIMUM.photos);
  const known = new Set(usedPeople).size;
  if (known < METRIC_MINIMUM.people) {
    throw new FaceTriggerError(
      'ERR_TOO_FEW_SAMPLES',
      `Metric learning needs at least ${METRIC_MINIMUM.people} people with ${METRIC_MINIMUM.photos} photos each ` +
        `but there are ${known}: leave it out, or add photos`,
    );
  }
  const rows: ArrayLike<number>[] = [];
  const photos = used.map(({ views, augmented }, i): FacePhoto => {
    const first = rows.length;
    rows.push(meanRow(views, columns), ...augmented);
    return {
      person: usedPeople[i]!,
      rows: Array.from({ length: 1 + augmented.length }, (_, k) => first + k),
    };
  });
  const data = new Float64Array(rows.length * columns);
  for (const [i, row] of rows.entries()) data.set(row, i * columns);
  return { features: { data, columns }, photos };
}

function meanRow(views: readonly Float32Array[], columns: number): Float64Array {
  const sum = new Float64Array(columns);
  for (const view of views) for (let j = 0; j < columns; j++) sum[j]! += view[j]! / views.length;
  return sum;
}

function explain({ adopted, plainFnmr, learnedFnmr, pValue, fmr, people }: HeadJudgement): string {
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  const figures =
    `pairs of one person missed at ${percent(fmr)} false matches: ${percent(plainFnmr)} without, ` +
    `${percent(learnedFnmr)} with it, on ${people} held-out people (p = ${pValue.toPrecision(2)})`;
  return `${adopted ? 'The learnt head is used' : 'The learnt head is not used'}: ${figures}`;
}
