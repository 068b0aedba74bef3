import { createRandom } from '../../../src/core/random/random.ts';
import { BlockModel } from '../../../src/extras/metric-learning/block-model.ts';
import type { ConvolutionWeights } from '../../../src/extras/metric-learning/convolution.ts';
import type { LinearLayer } from '../../../src/extras/metric-learning/embedding-head.ts';
import { EmbeddingHead } from '../../../src/extras/metric-learning/embedding-head.ts';
import type { MetricSample } from '../../../src/extras/metric-learning/learn-metric.ts';
import type { ResidualBlockWeights } from '../../../src/extras/metric-learning/residual-block.ts';

const SIGNAL = 8;
const NUISANCE = 8;

/**
 * Photos of people who differ in the first 8 features; the other 8 say only how the photo was taken.
 *
 * @param options.nuisance - how much the latter vary; 0: the features are the person alone
 */
export function syntheticSamples(options: {
  readonly people: number;
  readonly photos: number;
  readonly nuisance: number;
  readonly seed: number;
}): { samples: MetricSample[]; people: number[] } {
  const { nuisance, seed } = options;
  const random = createRandom(seed);
  const samples: MetricSample[] = [];
  const people: number[] = [];
  for (let person = 0; person < options.people; person++) {
    const center = Array.from({ length: SIGNAL }, () => random.normal());
    for (let photo = 0; photo < options.photos; photo++) {
      const shot = () =>
        Float32Array.from([
          ...center.map((value) => value + 0.15 * random.normal()),
          ...Array.from({ length: NUISANCE }, () => nuisance * random.normal()),
        ]);
      samples.push({ views: [shot()], augmented: [shot(), shot()] });
      people.push(person);
    }
  }
  return { samples, people };
}

/** A last layer that passes all features on as they are. */
export function identityLayer(): LinearLayer {
  const size = SIGNAL + NUISANCE;
  const weights = new Float32Array(size * size);
  for (let i = 0; i < size; i++) weights[i * size + i] = 1;
  return { inputs: size, outputs: size, weights, biases: null };
}

const CHANNELS = 2;
const SIDE = 4;
const FILTERS = 16;

/** A down block of random weights, in dlib's shape. */
export function blockWeights(): ResidualBlockWeights {
  const random = createRandom(11);
  const convolution = (inputs: number, stride: number, padding: number): ConvolutionWeights => ({
    ...{ inputs, filters: FILTERS, kernel: [3, 3], stride: [stride, stride], padding: [padding, padding] },
    weights: Float32Array.from({ length: FILTERS * inputs * 9 }, () => random.normal() / 3),
    biases: new Float32Array(FILTERS),
  });
  return {
    first: convolution(CHANNELS, 2, 0),
    second: convolution(FILTERS, 1, 1),
    pool: { size: 2, stride: 2 },
  };
}

/** A last layer behind that block. */
export function blockLayer(): LinearLayer {
  const weights = new Float32Array(FILTERS * FILTERS);
  for (let i = 0; i < FILTERS; i++) weights[i * FILTERS + i] = 1;
  return { inputs: FILTERS, outputs: FILTERS, weights, biases: null };
}

/**
 * Activations in which people differ in the first map; the second says only how the photo was taken. The block mixes
 * them, so that no head behind it can tell them apart.
 *
 * @param options.gap - how much people differ; 0: not at all
 */
export function syntheticActivations(options: {
  readonly people: number;
  readonly photos: number;
  readonly gap: number;
  readonly seed: number;
}): { samples: MetricSample[]; people: number[] } {
  const random = createRandom(options.seed);
  const input = { channels: CHANNELS, rows: SIDE, columns: SIDE };
  const head = EmbeddingHead.fromLinear(blockLayer(), { random });
  const model = BlockModel.fromWeights([blockWeights()], { input, head });
  const samples: MetricSample[] = [];
  const people: number[] = [];
  for (let person = 0; person < options.people; person++) {
    const center = Array.from({ length: SIDE * SIDE }, () => options.gap * random.normal());
    const shot = () => {
      const first = center.map((value) => value + 0.1 * random.normal());
      return Float32Array.from([...first, ...center.map(() => 2 * random.normal())]);
    };
    for (let photo = 0; photo < options.photos; photo++) {
      const views = [shot()];
      const augmented = [shot(), shot()];
      const features = (rows: Float32Array[]) =>
        rows.map((_, i) => Float32Array.from(model.pass(rows, [i]).embeddings.data));
      samples.push({
        views: features(views),
        augmented: features(augmented),
        activations: { dims: [CHANNELS, SIDE, SIDE], views, augmented },
      });
      people.push(person);
    }
  }
  return { samples, people };
}
