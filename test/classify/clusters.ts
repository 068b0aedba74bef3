import { createRandom } from '../../src/core/random/random.ts';

/** Made-up embeddings: people as clusters around a common mean, at distances like those of dlib's network. */
export function makeClusters(options: {
  readonly counts: readonly number[];
  readonly dimension?: number;
  readonly spread?: number;
  readonly noise?: number;
  readonly seed?: number;
}): { embeddings: Float32Array[]; labels: number[]; stranger: Float32Array } {
  const { counts, dimension = 128, spread = 0.05, noise = 0.025, seed = 1 } = options;
  const random = createRandom(seed);
  const around = (center: ArrayLike<number>, size: number) =>
    Float32Array.from({ length: dimension }, (_, j) => center[j]! + size * random.normal());
  const common = around(new Float32Array(dimension), 0.09);
  const embeddings: Float32Array[] = [];
  const labels: number[] = [];
  for (const [label, count] of counts.entries()) {
    const center = around(common, spread);
    for (let i = 0; i < count; i++) {
      embeddings.push(around(center, noise));
      labels.push(label);
    }
  }
  return { embeddings, labels, stranger: around(common, spread) };
}
