import type { Rows } from './triplet-loss.ts';

/** Numbers that training moves. */
export interface ParameterGroup {
  readonly values: Float64Array;
  /** What the learning rate is a share of: about the size of the values before training. */
  readonly stepScale: number;
}

/** Embeddings of some faces, and the way back from them. */
export interface ModelPass {
  /** Before normalization. */
  readonly embeddings: Rows;
  /**
   * @param slope - derivative of the loss by the embeddings
   * @returns derivatives by the parameters, group by group
   */
  backward(slope: Float64Array): readonly Float64Array[];
}

/** What turns numbers that the network computed into embeddings, and can be learned. */
export interface MetricModel<Inputs, Self> {
  readonly groups: readonly ParameterGroup[];
  /** The same with parameters of its own. */
  clone(): Self;
  /**
   * @param inputs - of all faces
   * @param rows - which of them
   */
  pass(inputs: Inputs, rows: readonly number[]): ModelPass;
}

/** Root mean square of the values; of no use for those that are all 0. */
export function rootMeanSquare(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return Math.sqrt(sum / values.length);
}
