import type { LinearLayer } from '../../src/metric/embedding-head.ts';
import type { MetricSample } from '../../src/metric/learn-metric.ts';
import { createRandom } from '../../src/random/random.ts';

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
