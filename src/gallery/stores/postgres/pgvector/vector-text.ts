import { type MetricName, metricOf } from '../../../../core/metric/metric.ts';

/** The largest number of a half float. Source: IEEE 754, binary16. */
const LARGEST = 65_504;
/** More than the 11 bits of a half float can tell apart. */
const DIGITS = 5;

/**
 * An embedding as pgvector reads it, in the metric's form for squared Euclidean distances.
 *
 * @remarks Numbers beyond those of a half float become the largest: the index is a hint, and a face must not be refused
 * for its sake.
 */
export function vectorText(embedding: Float32Array, metric: MetricName): string {
  const numbers = Array.from(metricOf(metric).prepare(embedding), (value) =>
    Math.min(LARGEST, Math.max(-LARGEST, value)).toPrecision(DIGITS),
  );
  return `[${numbers.join(',')}]`;
}
