import { distancesIn } from '../core/embed/distance-facts.ts';
import type { DistanceFacts } from '../core/embed/embedder-profile.ts';
import { DEFAULT_QUALITY } from '../core/embed/embedding-quality.ts';
import { sameProbability } from '../core/embed/person-probability.ts';
import { metricOf } from '../core/metric/metric.ts';
import type { ServerContext } from './server-context.ts';

/** How alike two faces are. */
export interface FaceComparison {
  /** In the embedder's metric. */
  readonly distance: number;
  /** That they are one person, both answers equally likely beforehand. */
  readonly probability: number;
}

/** Compares the embeddings of two faces. @param facts - of the embedder that made them */
export function compareFaces(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  facts: DistanceFacts,
): FaceComparison {
  const distance = metricOf(facts.metric).distance(a, b);
  return { distance, probability: pairProbability(distance, facts) };
}

/** Probability that a face is the one that a gallery found at a distance, both answers equally likely beforehand. */
export function foundProbability(
  distance: number,
  { gallery, pool }: Pick<ServerContext, 'gallery' | 'pool'>,
): number {
  return pairProbability(distancesIn(pool.embedder, gallery.metric).toOwn(distance), pool.embedder);
}

function pairProbability(distance: number, { evidence }: DistanceFacts): number {
  // The server's pipelines embed so.
  return sameProbability(distance, evidence[DEFAULT_QUALITY]);
}
