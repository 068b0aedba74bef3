import { expectation, FaceTriggerError } from '../../core/errors.ts';
import type { MapSize, Maps } from './convolution.ts';
import type { EmbeddingHead } from './embedding-head.ts';
import { type MetricModel, type ModelPass, type ParameterGroup, rootMeanSquare } from './metric-model.ts';
import {
  ResidualBlock,
  type ResidualBlockPass,
  type ResidualBlockWeights,
  volume,
} from './residual-block.ts';
import type { Rows } from './triplet-loss.ts';

/**
 * Steps in the network's blocks are this much shorter than in the head: their weights are more, and worth more.
 * Chosen on people of whom docs/accuracy.md reports nothing.
 */
export const DEFAULT_BLOCK_PACE = 0.2;

/** The last residual blocks of the network, global average pooling, and the head behind it. */
export class BlockModel implements MetricModel<readonly Float32Array[], BlockModel> {
  readonly blocks: readonly ResidualBlock[];
  readonly head: EmbeddingHead;
  readonly groups: readonly ParameterGroup[];

  readonly #pace: number;

  constructor(parts: { blocks: readonly ResidualBlock[]; head: EmbeddingHead; pace: number }) {
    this.blocks = parts.blocks;
    this.head = parts.head;
    this.#pace = parts.pace;
    const inBlocks = parts.blocks.flatMap(({ parameters }) =>
      parameters.map((values) => ({ values, stepScale: parts.pace * rootMeanSquare(values) })),
    );
    this.groups = [...inBlocks, ...parts.head.groups];
  }

  /**
   * Starts from the network: before any training the model gives the same embeddings.
   *
   * @param weights - of the blocks, in their order; each takes what the one before gives
   * @param options.input - size of the maps that enter the first
   * @param options.pace - steps in the blocks as a share of those in the head. @defaultValue {@link DEFAULT_BLOCK_PACE}
   * @throws FaceTriggerError `ERR_SHAPE_MISMATCH` if a part does not fit the one before
   */
  static fromWeights(
    weights: readonly ResidualBlockWeights[],
    options: { readonly input: MapSize; readonly head: EmbeddingHead; readonly pace?: number | undefined },
  ): BlockModel {
    const blocks: ResidualBlock[] = [];
    let size = options.input;
    for (const block of weights) {
      if (block.first.inputs !== size.channels) throw misfit(`${block.first.inputs} channels`, size.channels);
      blocks.push(ResidualBlock.fromWeights(block, size));
      size = blocks.at(-1)!.output;
    }
    if (options.head.inputs !== size.channels) throw misfit(`${options.head.inputs} channels`, size.channels);
    return new BlockModel({ blocks, head: options.head, pace: options.pace ?? DEFAULT_BLOCK_PACE });
  }

  get input(): MapSize {
    return this.blocks[0]!.input;
  }

  clone(): BlockModel {
    const blocks = this.blocks.map((block) => block.clone());
    return new BlockModel({ blocks, head: this.head.clone(), pace: this.#pace });
  }

  /** @param inputs - activations of each face, [channels, rows, columns] */
  pass(inputs: readonly Float32Array[], rows: readonly number[]): ModelPass {
    const { passes, maps } = this.#run(inputs, rows);
    const headPass = this.head.forward(averageMaps(maps));
    return {
      embeddings: headPass.embeddings,
      backward: (slope) => {
        const gradients = [this.head.backward(headPass, slope)];
        let blockSlope = spreadOverMaps(this.head.featureSlope(headPass, slope), maps.size);
        for (let i = this.blocks.length - 1; i >= 0; i--) {
          const back = this.blocks[i]!.backward(passes[i]!, blockSlope, { inputToo: i > 0 });
          gradients.unshift(...back.gradient);
          blockSlope = back.input;
        }
        return gradients;
      },
    };
  }

  /** What the head takes of the faces. */
  features(inputs: readonly Float32Array[], rows: readonly number[]): Rows {
    return averageMaps(this.#run(inputs, rows).maps);
  }

  #run(inputs: readonly Float32Array[], rows: readonly number[]) {
    let maps = this.#stack(inputs, rows);
    const passes: ResidualBlockPass[] = [];
    for (const block of this.blocks) {
      passes.push(block.forward(maps));
      maps = passes.at(-1)!.output;
    }
    return { passes, maps };
  }

  #stack(inputs: readonly Float32Array[], rows: readonly number[]): Maps {
    const size = this.input;
    const area = size.rows * size.columns;
    const data = new Float64Array(rows.length * volume(size));
    for (const [n, row] of rows.entries()) {
      const values = inputs[row]!;
      if (values.length !== volume(size)) throw misfit(`${volume(size)} activations`, values.length);
      const start = n * volume(size);
      for (let c = 0; c < size.channels; c++) {
        for (let at = 0; at < area; at++) data[start + at * size.channels + c] = values[c * area + at]!;
      }
    }
    return { size, data };
  }
}

function averageMaps({ size, data }: Maps): Rows {
  const { channels } = size;
  const area = size.rows * size.columns;
  const averages = new Float64Array(data.length / area);
  for (let at = 0; at < data.length / channels; at++) {
    const to = Math.floor(at / area) * channels;
    for (let c = 0; c < channels; c++) averages[to + c]! += data[at * channels + c]! / area;
  }
  return { data: averages, columns: channels };
}

function spreadOverMaps(slope: Float64Array, { channels, rows, columns }: MapSize): Float64Array {
  const area = rows * columns;
  const spread = new Float64Array(slope.length * area);
  for (let at = 0; at < spread.length / channels; at++) {
    const from = Math.floor(at / area) * channels;
    for (let c = 0; c < channels; c++) spread[at * channels + c] = slope[from + c]! / area;
  }
  return spread;
}

function misfit(expected: string, received: number): FaceTriggerError {
  return new FaceTriggerError(
    'ERR_SHAPE_MISMATCH',
    expectation(expected, 'a block of the network', received),
  );
}
