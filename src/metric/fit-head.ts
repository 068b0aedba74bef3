import { setImmediate } from 'node:timers/promises';
import { FaceTriggerError } from '../errors.ts';
import type { Random } from '../random/random.ts';
import { Adam } from './adam.ts';
import { decidability, pairDistances } from './decidability.ts';
import type { EmbeddingHead } from './embedding-head.ts';
import { mineTriplets } from './mine-triplets.ts';
import { type FacePhoto, sampleBatches } from './sample-batches.ts';
import { DEFAULT_TRIPLET_MARGIN, type Rows, tripletLoss } from './triplet-loss.ts';

/** How a head is trained. */
export interface FitHeadOptions {
  /** People and faces of each in a batch. */
  readonly people: number;
  readonly faces: number;
  readonly margin: number;
  /** Size of a step as a share of the root mean square of the weights at the start. */
  readonly learningRate: number;
  /** Pull back to the start: part of (parameter - start) that is added to the gradient. */
  readonly stay: number;
  readonly maxEpochs: number;
  /** Epochs without progress on the held-out people before training stops. */
  readonly patience: number;
}

/**
 * Defaults of {@link FitHeadOptions}.
 *
 * @remarks The margin is FaceNet's; 8 x 4 faces are enough for semi-hard triplets and quick. The rest is cautious, as
 * a head that starts from a trained layer should move little: steps of a hundredth of a weight.
 */
export const DEFAULT_FIT: FitHeadOptions = {
  people: 8,
  faces: 4,
  margin: DEFAULT_TRIPLET_MARGIN,
  learningRate: 0.01,
  stay: 1e-3,
  maxEpochs: 60,
  patience: 8,
};

/** Faces that a head learns from or is measured on. */
export interface HeadSamples {
  /** Features of all rows, [n, inputs]. */
  readonly features: Rows;
  readonly photos: readonly FacePhoto[];
}

/** Result of {@link fitHead}. */
export interface FittedHead {
  readonly head: EmbeddingHead;
  /** Epochs behind the head that is returned; 0: the start was never bettered. */
  readonly epochs: number;
  /** Epochs that were run. */
  readonly run: number;
}

/**
 * Trains a head with the triplet loss.
 *
 * @param start - not changed
 * @param options.stopOn - photos of people who are not among those learnt from; training stops when they no longer
 * get better separated, and the best head is returned. `null`: runs exactly `maxEpochs`
 * @throws FaceTriggerError `ERR_ABORTED`
 */
export async function fitHead(
  start: EmbeddingHead,
  samples: HeadSamples,
  options: FitHeadOptions & {
    readonly stopOn: readonly FacePhoto[] | null;
    readonly random: Random;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<FittedHead> {
  const { stopOn, random, signal, margin, maxEpochs, patience } = options;
  const { features, photos } = samples;
  const personOf = new Map(photos.flatMap(({ person, rows }) => rows.map((row) => [row, person] as const)));
  const head = start.clone();
  const learningRate = options.learningRate * rootMeanSquare(start.weights);
  const adam = new Adam(head.parameters.length, { learningRate });
  let best = { head: start, epochs: 0, score: stopOn === null ? 0 : separation(start, features, stopOn) };
  let run = 0;
  for (let epoch = 1; epoch <= maxEpochs && (stopOn === null || epoch - best.epochs <= patience); epoch++) {
    // Lets an abort and other work through.
    await setImmediate();
    if (signal?.aborted) {
      throw new FaceTriggerError('ERR_ABORTED', 'The training was cancelled', { cause: signal.reason });
    }
    for (const batch of sampleBatches(photos, { ...options, random })) {
      const pass = head.forward(selectRows(features, batch));
      const people = batch.map((row) => personOf.get(row)!);
      const triplets = mineTriplets(pass.embeddings, people, { margin });
      if (triplets.length === 0) continue;
      const { gradient: slope } = tripletLoss(pass.embeddings, triplets, { margin });
      const gradient = head.backward(pass, slope);
      for (let i = 0; i < gradient.length; i++) {
        gradient[i]! += options.stay * (head.parameters[i]! - start.parameters[i]!);
      }
      adam.step(head.parameters, gradient);
    }
    run = epoch;
    const score = stopOn === null ? epoch : separation(head, features, stopOn);
    if (score > best.score) best = { head: head.clone(), epochs: epoch, score };
  }
  return { head: best.head, epochs: best.epochs, run };
}

/** Embeds each photo as it is: the first of its rows. */
export function embedPhotos(head: EmbeddingHead, features: Rows, photos: readonly FacePhoto[]): Rows {
  return head.forward(
    selectRows(
      features,
      photos.map(({ rows }) => rows[0]!),
    ),
  ).embeddings;
}

function separation(head: EmbeddingHead, features: Rows, photos: readonly FacePhoto[]): number {
  const people = photos.map(({ person }) => person);
  return decidability(pairDistances(embedPhotos(head, features, photos), people));
}

function selectRows({ data, columns }: Rows, rows: readonly number[]): Rows {
  const selected = new Float64Array(rows.length * columns);
  for (const [i, row] of rows.entries()) {
    selected.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  }
  return { data: selected, columns };
}

function rootMeanSquare(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
