import type { EmbedderIdentity } from '../core/embed/embedder-profile.ts';
import { expectation, FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { isKind } from '../core/is-kind.ts';
import type { MetricName } from '../core/metric/metric.ts';
import type { GalleryEmbedder } from './gallery-types.ts';

/**
 * Refuses what must not enter a gallery or be searched in it.
 *
 * @param embedding - float32 of the embedder's length, finite, not all zeros
 * @param context.expected - the gallery's embedder
 * @param context.given - who made the embedding, where that is known
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`, `ERR_MODEL_MISMATCH`, `ERR_INVALID_ARGUMENT`
 */
export function checkEmbedding(
  embedding: Float32Array,
  context: {
    readonly expected: GalleryEmbedder;
    readonly given?: EmbedderIdentity | undefined;
    readonly name: string;
  },
): void {
  const { expected, given, name } = context;
  if (given !== undefined && (given.id !== expected.id || given.sha256 !== expected.sha256)) {
    throw new FaceTriggerError(
      'ERR_MODEL_MISMATCH',
      `Expected an embedding of ${describeEmbedder(expected)} but received one of ${describeEmbedder(given)}`,
    );
  }
  if (!isKind(embedding, 'Float32Array')) throw invalidArgument('a Float32Array', name, embedding);
  if (embedding.length !== expected.dimension) {
    throw new FaceTriggerError(
      'ERR_SHAPE_MISMATCH',
      expectation(`${expected.dimension} numbers`, name, embedding.length),
    );
  }
  let squares = 0;
  for (const value of embedding) squares += value * value;
  if (!Number.isFinite(squares)) throw invalidArgument('finite numbers', name, 'NaN or infinity');
  if (squares === 0) throw invalidArgument('a vector that is not zero', name, 'zeros');
}

/** Checks the identity that a gallery is made for. @throws FaceTriggerError `ERR_INVALID_ARGUMENT` */
export function checkEmbedder(embedder: GalleryEmbedder): GalleryEmbedder {
  const { id, sha256, dimension } = embedder;
  if (typeof id !== 'string' || id === '' || id.length > 200) {
    throw invalidArgument('a name of 1 .. 200 characters', 'options.embedder.id', id);
  }
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw invalidArgument('64 lower-case hexadecimal digits', 'options.embedder.sha256', sha256);
  }
  if (!Number.isInteger(dimension) || dimension < 2 || dimension > 4096) {
    throw invalidArgument('an integer of 2 .. 4096', 'options.embedder.dimension', dimension);
  }
  return { id, sha256, dimension };
}

/** Checks the metric that a gallery is made for. @throws FaceTriggerError `ERR_INVALID_ARGUMENT` */
export function checkMetric(metric: MetricName | undefined): MetricName | undefined {
  if (metric === undefined || metric === 'euclidean' || metric === 'cosine') return metric;
  throw invalidArgument("'euclidean' or 'cosine'", 'options.metric', metric);
}

/** The embedder as messages name it. */
export function describeEmbedder({ id, sha256 }: EmbedderIdentity): string {
  return `${id} (${sha256.slice(0, 12)})`;
}
