import type { MetricName } from '../core/metric/metric.ts';
import { StrangerRegistry } from '../core/track/stranger-registry.ts';

/** A sighting of somebody unknown. */
export interface UnknownFace {
  readonly embedding: Float32Array;
  /** 0 .. 1. */
  readonly quality: number;
}

/** What is known of an unknown face besides its looks. */
export interface UnknownFaceContext {
  /** Of the clock, in milliseconds. */
  readonly timeMs: number;
  /** The appearance that it is of. */
  readonly appearance: string;
  /** Strangers who are elsewhere in the same frame: somebody else. */
  readonly exclude: ReadonlySet<string>;
}

/** Says which stranger an unknown face is. Asked by the ledger of each camera, which does not wait. */
export interface StrangerResolver {
  /**
   * @param faces - the last sightings of one appearance that nobody was known in, at least one
   * @returns the stranger, and whether it was never seen before
   */
  resolve(
    faces: readonly UnknownFace[],
    context: UnknownFaceContext,
  ): { readonly id: string; readonly isNew: boolean };
  /** The stranger is still in the picture. */
  touch(id: string, timeMs: number): void;
}

/** Strangers who are forgotten after a time without sight, and when the process ends. */
export function temporaryStrangers(options: {
  readonly maxDistance: number;
  readonly metric?: MetricName | undefined;
  readonly ttlMs?: number | undefined;
}): StrangerResolver {
  const registry = new StrangerRegistry(options);
  return {
    resolve: (faces, { timeMs, exclude }) => registry.resolve(meanEmbedding(faces), { timeMs, exclude }),
    touch: (id, timeMs) => registry.touch(id, timeMs),
  };
}

function meanEmbedding(faces: readonly UnknownFace[]): Float32Array {
  const mean = new Float32Array(faces[0]!.embedding.length);
  const total = faces.reduce((sum, { quality }) => sum + quality, 0);
  for (const { embedding, quality } of faces) {
    const weight = total > 0 ? quality / total : 1 / faces.length;
    for (let i = 0; i < mean.length; i++) mean[i]! += embedding[i]! * weight;
  }
  return mean;
}
