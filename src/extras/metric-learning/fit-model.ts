import { setImmediate } from 'node:timers/promises';
import type { Random } from '../../core/random/random.ts';
import { throwIfAborted } from '../../core/throw-if-aborted.ts';
import { Adam } from './adam.ts';
import { decidability, pairDistances } from './decidability.ts';
import type { MetricModel } from './metric-model.ts';
import { mineTriplets } from './mine-triplets.ts';
import { type FacePhoto, sampleBatches } from './sample-batches.ts';
import { DEFAULT_TRIPLET_MARGIN, type Rows, tripletLoss } from './triplet-loss.ts';

/** How a model is trained. */
export interface FitOptions {
  /** People and faces of each in a batch. */
  readonly people: number;
  readonly faces: number;
  readonly margin: number;
  /** Size of a step as a share of each group's `stepScale`. */
  readonly learningRate: number;
  /** Pull back to the start: part of (parameter - start) that is added to the gradient. */
  readonly stay: number;
  readonly maxEpochs: number;
  /** Epochs without progress on the held-out people before training stops. */
  readonly patience: number;
}

/**
 * Defaults of {@link FitOptions}, for a head alone and for blocks with a head.
 *
 * @remarks The margin is FaceNet's. The rest is cautious, as a network that is trained already should move little:
 * steps of three thousandths of a weight, and a fifth of that in blocks. 16 x 4 faces a batch were better than 8 x 4 and
 * 32 x 4 on people of whom docs/accuracy.md reports nothing (bench/accuracy/metric-tuning.mjs).
 */
export const DEFAULT_FIT: FitOptions = {
  people: 16,
  faces: 4,
  margin: DEFAULT_TRIPLET_MARGIN,
  learningRate: 0.003,
  stay: 1e-3,
  maxEpochs: 40,
  patience: 10,
};

/** Faces that a model learns from or is measured on. */
export interface MetricSamples<Inputs> {
  /** What the model takes, of all rows. */
  readonly inputs: Inputs;
  readonly photos: readonly FacePhoto[];
}

/** Result of {@link fitModel}. */
export interface FittedModel<M> {
  readonly model: M;
  /** Epochs behind the model that is returned; 0: the start was never bettered. */
  readonly epochs: number;
  /** Epochs that were run. */
  readonly run: number;
}

/** Faces that go through a model at once where nothing is learned from them. */
const CHUNK = 32;

/**
 * Trains a model with the triplet loss.
 *
 * @param start - not changed
 * @param options.stopOn - photos of people who are not among those learned from; training stops when they no longer
 * get better separated, and the best model is returned. `null`: runs exactly `maxEpochs`
 * @throws FaceTriggerError `ERR_ABORTED`
 */
export async function fitModel<Inputs, M extends MetricModel<Inputs, M>>(
  start: M,
  samples: MetricSamples<Inputs>,
  options: FitOptions & {
    readonly stopOn: readonly FacePhoto[] | null;
    readonly random: Random;
    readonly signal?: AbortSignal | undefined;
    /** Called after each epoch with the share of `maxEpochs` that is done. */
    readonly onProgress?: ((done: number) => void) | undefined;
  },
): Promise<FittedModel<M>> {
  const { stopOn, random, signal, maxEpochs, patience, onProgress } = options;
  const { inputs, photos } = samples;
  const personOf = new Map(photos.flatMap(({ person, rows }) => rows.map((row) => [row, person] as const)));
  const model = start.clone();
  const { groups } = model;
  const anchors = start.groups;
  const steps = anchors.map(
    ({ values, stepScale }) =>
      new Adam(values.length, { learningRate: options.learningRate * (stepScale || FALLBACK_SCALE) }),
  );
  let best = { model: start, epochs: 0, score: stopOn === null ? 0 : separation(start, inputs, stopOn) };
  let run = 0;
  for (let epoch = 1; epoch <= maxEpochs && (stopOn === null || epoch - best.epochs <= patience); epoch++) {
    for (const batch of sampleBatches(photos, { ...options, random })) {
      // Lets an abort and other work through.
      await setImmediate();
      throwIfAborted(signal, 'The training');
      const people = batch.map((row) => personOf.get(row)!);
      const gradients = gradientsOf(model, { inputs, batch, people, margin: options.margin });
      for (const [g, gradient] of gradients.entries()) {
        pullBack(gradient, { from: groups[g]!.values, to: anchors[g]!.values, stay: options.stay });
        steps[g]!.step(groups[g]!.values, gradient);
      }
    }
    run = epoch;
    onProgress?.(epoch / maxEpochs);
    const score = stopOn === null ? epoch : separation(model, inputs, stopOn);
    if (score > best.score) best = { model: model.clone(), epochs: epoch, score };
  }
  return { model: best.model, epochs: best.epochs, run };
}

/** Step scale of numbers that are all 0 at the start. */
const FALLBACK_SCALE = 1e-3;

/** [] where no triplet of the batch is within the margin. */
function gradientsOf<Inputs, M extends MetricModel<Inputs, M>>(
  model: M,
  of: { inputs: Inputs; batch: readonly number[]; people: readonly number[]; margin: number },
): readonly Float64Array[] {
  const { margin } = of;
  const pass = model.pass(of.inputs, of.batch);
  const triplets = mineTriplets(pass.embeddings, of.people, { margin });
  if (triplets.length === 0) return [];
  return pass.backward(tripletLoss(pass.embeddings, triplets, { margin }).gradient);
}

/**
 * Adds the slope of stay / 2 · |parameters - start|² to a gradient.
 *
 * @remarks L2-SP of Li, Grandvalet and Davoine, arXiv 1802.01483: weight decay towards the trained weights instead of 0.
 */
function pullBack(
  gradient: Float64Array,
  { from, to, stay }: { from: Float64Array; to: Float64Array; stay: number },
): void {
  for (let i = 0; i < gradient.length; i++) gradient[i]! += stay * (from[i]! - to[i]!);
}

/** Embeds each photo as it is: the mean of its views. */
export function embedPhotos<Inputs, M extends MetricModel<Inputs, M>>(
  model: M,
  inputs: Inputs,
  photos: readonly FacePhoto[],
): Rows {
  const rows = photos.flatMap((photo) => photo.rows.slice(0, photo.views ?? 1));
  const chunks: Rows[] = [];
  for (let start = 0; start < rows.length; start += CHUNK) {
    chunks.push(model.pass(inputs, rows.slice(start, start + CHUNK)).embeddings);
  }
  const columns = chunks[0]?.columns ?? 1;
  const data = new Float64Array(photos.length * columns);
  let row = 0;
  for (const [i, { views = 1 }] of photos.entries()) {
    for (let view = 0; view < views; view++, row++) {
      const chunk = chunks[Math.floor(row / CHUNK)]!.data;
      const from = (row % CHUNK) * columns;
      for (let j = 0; j < columns; j++) data[i * columns + j]! += chunk[from + j]! / views;
    }
  }
  return { data, columns };
}

function separation<Inputs, M extends MetricModel<Inputs, M>>(
  model: M,
  inputs: Inputs,
  photos: readonly FacePhoto[],
): number {
  const people = photos.map(({ person }) => person);
  return decidability(pairDistances(embedPhotos(model, inputs, photos), people));
}
