import { type EmbedderProfile, identityOf } from '../../core/embed/embedder-profile.ts';
import { FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import { createRandom } from '../../core/random/random.ts';
import { BlockModel } from './block-model.ts';
import { EmbeddingHead, type LinearLayer } from './embedding-head.ts';
import { DEFAULT_FIT, type FitOptions, fitModel, type MetricSamples } from './fit-model.ts';
import { encodeHead } from './head-file.ts';
import { JUDGE_FOLDS, judgeModel, MAX_P_VALUE, type MetricJudgment } from './judge-model.ts';
import type { MetricModel } from './metric-model.ts';
import type { ResidualBlockWeights } from './residual-block.ts';
import type { FacePhoto } from './sample-batches.ts';
import type { Rows } from './triplet-loss.ts';

/** What the network computed of one photo's face. */
export interface MetricSample {
  /** Features of the views whose mean is the photo's embedding; at least one. */
  readonly views: readonly Float32Array[];
  /** Features of augmented chips, which are only learned from. */
  readonly augmented: readonly Float32Array[];
  /** What enters the network's last block, of the same chips: where that is to be learned. */
  readonly activations?:
    | {
        /** [channels, rows, columns] */
        readonly dims: readonly number[];
        readonly views: readonly Float32Array[];
        readonly augmented: readonly Float32Array[];
      }
    | undefined;
}

/** How much of the end of the network is learned: its last layer, or its last residual block together with that. */
export type MetricDepth = 'head' | 'last-block';

/** Options of metric learning. */
export interface MetricOptions {
  /**
   * 'last-block' learns both a head and a block with a head, and uses whichever tells held-out people apart better,
   * or neither. @defaultValue 'head'
   */
  readonly depth?: MetricDepth | undefined;
  /** Neurons of a hidden layer beside the linear map; 0: none. @defaultValue 0 */
  readonly hidden?: number | undefined;
  /** Augmented chips of each photo, 0 - 50. @defaultValue {@link DEFAULT_AUGMENTATIONS} */
  readonly augmentations?: number | undefined;
  /** How it is trained, where it shall not be as {@link DEFAULT_FIT} says: choose it on people who do not count. */
  readonly fit?: Partial<FitOptions> | undefined;
  /** Equal seeds give equal results. @defaultValue 0 */
  readonly seed?: number | undefined;
}

/** A judgment on what was learned at one depth. */
export interface MetricCandidate extends MetricJudgment {
  readonly depth: MetricDepth;
}

/** What metric learning came to: the figures of the candidate that is used, or of the better one if none is. */
export interface MetricReport extends MetricCandidate {
  readonly method: 'triplet';
  readonly hidden: number;
  /** All that was tried. */
  readonly candidates: readonly MetricCandidate[];
  /** What is used, and why, as a sentence. */
  readonly reason: string;
}

/** Result of {@link learnMetric}. */
export interface LearnedMetric {
  /** Bytes of the head's file; `null` when the network as it is does as well. */
  readonly onnx: Uint8Array | null;
  readonly report: MetricReport;
}

export const DEFAULT_AUGMENTATIONS = 6;
/** With fewer people, or fewer photos of each, nothing can be said about people who were not learned from. */
export const METRIC_MINIMUM = { people: 2 * JUDGE_FOLDS, photos: 3 } as const;

/** How often longer a block takes to learn than a head; for the progress alone. */
const BLOCK_SHARE = 0.95;
/** Share of the time that judging takes: five trainings of six. */
const JUDGE_SHARE = 0.85;

/**
 * Learns a new end for a network from photos of people, and says whether it is any better.
 *
 * @param samples - one for each photo
 * @param people - the person of each sample; those with fewer photos than {@link METRIC_MINIMUM} are left out
 * @param options.backbone - the network that the samples are of
 * @param options.lastLayer - its own last layer: where learning starts, and what is compared with
 * @param options.lastBlocks - its residual blocks before that which are learned too; needed for 'last-block'
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES`, `ERR_ABORTED`, `ERR_INVALID_ARGUMENT`
 * @remarks FaceNet's triplet loss, arXiv 1503.03832, on a network that is frozen otherwise. Cross-validated over people
 * (see {@link judgeModel}); what is returned learned from all of them for as many epochs as the median of those. Where
 * two depths are tried, each must pass at half the p-value (Bonferroni).
 */
export async function learnMetric(
  samples: readonly MetricSample[],
  people: ArrayLike<number>,
  options: MetricOptions & {
    readonly backbone: EmbedderProfile;
    readonly lastLayer: LinearLayer;
    readonly lastBlocks?: readonly ResidualBlockWeights[] | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((done: number) => void) | undefined;
  },
): Promise<LearnedMetric> {
  const { hidden = 0, depth = 'head', seed = 0, lastLayer, lastBlocks, signal, onProgress } = options;
  if (depth !== 'head' && depth !== 'last-block') {
    throw invalidArgument("'head' or 'last-block'", 'metricOptions.depth', depth);
  }
  const used = selectSamples(samples, people);
  const head = () => EmbeddingHead.fromLinear(lastLayer, { hidden, random: createRandom(seed) });
  const common = { seed, signal, threshold: options.backbone.thresholds.verify };
  const candidates = [
    await tryModel('head', head(), headSamples(used, lastLayer.inputs), {
      ...common,
      fit: { ...DEFAULT_FIT, ...options.fit },
      maxPValue: depth === 'head' ? MAX_P_VALUE : MAX_P_VALUE / 2,
      onProgress: (done) => onProgress?.(done * JUDGE_SHARE * (depth === 'head' ? 1 : 1 - BLOCK_SHARE)),
    }),
  ];
  if (depth === 'last-block') {
    const { input, samples: inputs } = blockSamples(used);
    const start = BlockModel.fromWeights(lastBlocks ?? [], { input, head: head() });
    candidates.push(
      await tryModel('last-block', start, inputs, {
        ...common,
        fit: { ...DEFAULT_FIT, ...options.fit },
        maxPValue: MAX_P_VALUE / 2,
        onProgress: (done) => onProgress?.(JUDGE_SHARE * (1 - BLOCK_SHARE + BLOCK_SHARE * done)),
      }),
    );
  }
  const [best] = candidates.toSorted(byUse) as [TriedModel];
  const judgments = candidates.map(({ judgment }) => judgment);
  const report: MetricReport = {
    ...{ method: 'triplet', hidden, ...best.judgment, candidates: judgments },
    reason: explain(judgments),
  };
  if (!best.judgment.adopted) {
    onProgress?.(1);
    return { onnx: null, report };
  }
  const model = await best.fitAll((done) => onProgress?.(JUDGE_SHARE + (1 - JUDGE_SHARE) * done));
  onProgress?.(1);
  const facts = {
    backbone: identityOf(options.backbone),
    scale: best.judgment.scale,
    training: { ...report },
  };
  return { onnx: encodeHead(model, facts), report };
}

interface TriedModel {
  readonly judgment: MetricCandidate;
  /** Learns from everybody. */
  fitAll(onProgress: (done: number) => void): Promise<EmbeddingHead | BlockModel>;
}

async function tryModel<Inputs, M extends MetricModel<Inputs, M> & (EmbeddingHead | BlockModel)>(
  depth: MetricDepth,
  start: M,
  samples: MetricSamples<Inputs>,
  options: {
    readonly fit: FitOptions;
    readonly seed: number;
    readonly threshold: number;
    readonly maxPValue: number;
    readonly signal: AbortSignal | undefined;
    readonly onProgress: (done: number) => void;
  },
): Promise<TriedModel> {
  const judgment = { depth, ...(await judgeModel(start, samples, options)) };
  const { fit, seed, signal } = options;
  return {
    judgment,
    async fitAll(onProgress) {
      const exact = { ...fit, maxEpochs: judgment.epochs, stopOn: null, random: createRandom(seed) };
      return (await fitModel(start, samples, { ...exact, signal, onProgress })).model;
    },
  };
}

/** Those that are used first, then by what they miss; the shallower one where that is equal. */
function byUse({ judgment: a }: TriedModel, { judgment: b }: TriedModel): number {
  return Number(b.adopted) - Number(a.adopted) || a.learnedFnmr - b.learnedFnmr;
}

interface UsedSample {
  readonly sample: MetricSample;
  readonly person: number;
}

function selectSamples(samples: readonly MetricSample[], people: ArrayLike<number>): UsedSample[] {
  const counts = new Map<number, number>();
  for (let i = 0; i < samples.length; i++) counts.set(people[i]!, (counts.get(people[i]!) ?? 0) + 1);
  const used = samples
    .map((sample, i): UsedSample => ({ sample, person: people[i]! }))
    .filter(({ person }) => counts.get(person)! >= METRIC_MINIMUM.photos);
  const known = new Set(used.map(({ person }) => person)).size;
  if (known < METRIC_MINIMUM.people) {
    throw new FaceTriggerError(
      'ERR_TOO_FEW_SAMPLES',
      `Metric learning needs at least ${METRIC_MINIMUM.people} people with ${METRIC_MINIMUM.photos} photos each ` +
        `but there are ${known}: do without it, or add photos`,
    );
  }
  return used;
}

/** A row for each photo, the mean of its views, and one for each augmented chip. */
function headSamples(used: readonly UsedSample[], columns: number): MetricSamples<Rows> {
  const rows: ArrayLike<number>[] = [];
  const photos = used.map(({ sample: { views, augmented }, person }): FacePhoto => {
    const first = rows.length;
    rows.push(meanRow(views, columns), ...augmented);
    return { person, rows: Array.from({ length: 1 + augmented.length }, (_, k) => first + k) };
  });
  const data = new Float64Array(rows.length * columns);
  for (const [i, row] of rows.entries()) data.set(row, i * columns);
  return { inputs: { data, columns }, photos };
}

/** A row for each view and each augmented chip: blocks are not linear, so means of activations mean nothing. */
function blockSamples(used: readonly UsedSample[]) {
  const inputs: Float32Array[] = [];
  const photos = used.map(({ sample: { activations }, person }): FacePhoto => {
    if (activations === undefined)
      throw invalidArgument('samples with activations', 'samples', 'features alone');
    const rows = [...activations.views, ...activations.augmented].map((row) => inputs.push(row) - 1);
    return { person, rows, views: activations.views.length };
  });
  const [channels = 0, rows = 0, columns = 0] = used[0]!.sample.activations?.dims ?? [];
  return { input: { channels, rows, columns }, samples: { inputs, photos } };
}

function meanRow(views: readonly Float32Array[], columns: number): Float64Array {
  const sum = new Float64Array(columns);
  for (const view of views) for (let j = 0; j < columns; j++) sum[j]! += view[j]! / views.length;
  return sum;
}

const NAMES: Readonly<Record<MetricDepth, string>> = {
  head: 'the learned head',
  'last-block': 'the learned last block',
};

function explain(candidates: readonly MetricCandidate[]): string {
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  const [{ fmr, people, plainFnmr }] = candidates as [MetricCandidate];
  const used = candidates.filter(({ adopted }) => adopted).sort((a, b) => a.learnedFnmr - b.learnedFnmr)[0];
  const verdict = used
    ? `${NAMES[used.depth]} is used`
    : `${candidates.map(({ depth }) => NAMES[depth]).join(' and ')} ${candidates.length > 1 ? 'are' : 'is'} not used`;
  const tried = candidates.map(
    ({ depth, learnedFnmr, pValue }) =>
      `${percent(learnedFnmr)} with ${NAMES[depth]} (p = ${pValue.toPrecision(2)})`,
  );
  return (
    `${verdict[0]!.toUpperCase()}${verdict.slice(1)}: pairs of one person missed at ${percent(fmr)} false matches: ` +
    `${percent(plainFnmr)} without, ${tried.join(', ')}, on ${people} held-out people`
  );
}
