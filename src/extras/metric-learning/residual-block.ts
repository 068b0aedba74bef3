import {
  Convolution,
  type ConvolutionPass,
  type ConvolutionWeights,
  type MapSize,
  type Maps,
} from './convolution.ts';

/** A residual block as a model file holds it: relu(conv(relu(conv(x))) + skip(x)). */
export interface ResidualBlockWeights {
  readonly first: ConvolutionWeights;
  readonly second: ConvolutionWeights;
  /** Side and stride of the average pool on the skip; `null`: x goes past as it is. */
  readonly pool: { readonly size: number; readonly stride: number } | null;
}

/** What {@link ResidualBlock.forward} leaves for its backward pass. */
export interface ResidualBlockPass {
  readonly output: Maps;
  readonly first: ConvolutionPass;
  readonly second: ConvolutionPass;
}

/**
 * One residual block of the network, ready to be learned.
 *
 * @remarks Where the sizes of branch and skip differ, the smaller counts as zero where it has no channel, row or
 * column: dlib's add_prev, dlib/dnn/layers.h of 19.24.
 */
export class ResidualBlock {
  readonly input: MapSize;
  readonly output: MapSize;
  readonly first: Convolution;
  readonly second: Convolution;
  readonly pool: ResidualBlockWeights['pool'];
  /** Size of the maps on the skip, after the pool. */
  readonly skip: MapSize;

  constructor(
    { first, second, pool }: { first: Convolution; second: Convolution; pool: ResidualBlockWeights['pool'] },
    input: MapSize,
  ) {
    this.input = input;
    this.first = first;
    this.second = second;
    this.pool = pool;
    const pooled = (size: number) => (pool ? 1 + Math.floor((size - pool.size) / pool.stride) : size);
    this.skip = { channels: input.channels, rows: pooled(input.rows), columns: pooled(input.columns) };
    this.output = {
      channels: Math.max(this.skip.channels, second.output.channels),
      rows: Math.max(this.skip.rows, second.output.rows),
      columns: Math.max(this.skip.columns, second.output.columns),
    };
  }

  static fromWeights({ first, second, pool }: ResidualBlockWeights, input: MapSize): ResidualBlock {
    const start = new Convolution(first, input);
    return new ResidualBlock({ first: start, second: new Convolution(second, start.output), pool }, input);
  }

  /** Parameters in their order: weights, gains and biases of the first and of the second convolution. */
  get parameters(): readonly Float64Array[] {
    const { first, second } = this;
    return [first.weights, first.gains, first.biases, second.weights, second.gains, second.biases];
  }

  /** The same block with parameters of its own. */
  clone(): ResidualBlock {
    const copy = (layer: Convolution) =>
      layer.with({
        weights: layer.weights.slice(),
        gains: layer.gains.slice(),
        biases: layer.biases.slice(),
      });
    return new ResidualBlock(
      { first: copy(this.first), second: copy(this.second), pool: this.pool },
      this.input,
    );
  }

  toWeights(): ResidualBlockWeights {
    return { first: this.first.toWeights(), second: this.second.toWeights(), pool: this.pool };
  }

  forward(maps: Maps): ResidualBlockPass {
    const first = this.first.forward(maps);
    dropNegatives(first.output.data);
    const second = this.second.forward(first.output);
    const skip = this.pool ? this.#average(maps.data, this.pool) : maps.data;
    const { channels, rows, columns } = this.output;
    const data = new Float64Array((maps.data.length / volume(this.input)) * rows * columns * channels);
    const output = { size: this.output, data };
    addWhereItReaches(output, second.output);
    addWhereItReaches(output, { size: this.skip, data: skip });
    dropNegatives(data);
    return { output, first, second };
  }

  /**
   * @param slope - derivative of the loss by the output; is changed
   * @param options.inputToo - whether the derivative by the input is wanted
   * @returns derivatives by the parameters in their order, and by the input, [] where it is not wanted
   */
  backward(pass: ResidualBlockPass, slope: Float64Array, options: { inputToo: boolean }) {
    keepWherePositive(slope, pass.output.data);
    const maps = { size: this.output, data: slope };
    const second = this.second.backward(pass.second, cut(maps, this.second.output), { inputToo: true });
    keepWherePositive(second.input, pass.first.output.data);
    const first = this.first.backward(pass.first, second.input, options);
    const gradient = [first.gradient, second.gradient].flatMap(({ weights, gains, biases }) => [
      weights,
      gains,
      biases,
    ]);
    if (options.inputToo) {
      const skip = cut(maps, this.skip);
      const past = this.pool ? this.#spread(skip, this.pool) : skip;
      for (let i = 0; i < past.length; i++) first.input[i]! += past[i]!;
    }
    return { gradient, input: first.input };
  }

  #average(data: Float64Array, { size, stride }: { size: number; stride: number }): Float64Array {
    const count = data.length / volume(this.input);
    const averages = new Float64Array(count * volume(this.skip));
    const { channels } = this.input;
    for (const [from, to] of this.#poolPlaces(count, size, stride)) {
      for (let c = 0; c < channels; c++) averages[to + c]! += data[from + c]! / (size * size);
    }
    return averages;
  }

  #spread(slope: Float64Array, { size, stride }: { size: number; stride: number }): Float64Array {
    const count = slope.length / volume(this.skip);
    const data = new Float64Array(count * volume(this.input));
    const { channels } = this.input;
    for (const [from, to] of this.#poolPlaces(count, size, stride)) {
      for (let c = 0; c < channels; c++) data[from + c]! += slope[to + c]! / (size * size);
    }
    return data;
  }

  *#poolPlaces(count: number, size: number, stride: number): Generator<readonly [number, number]> {
    const { channels, rows, columns } = this.input;
    for (let n = 0; n < count; n++) {
      for (let row = 0; row < this.skip.rows; row++) {
        for (let column = 0; column < this.skip.columns; column++) {
          const to = ((n * this.skip.rows + row) * this.skip.columns + column) * channels;
          for (let y = row * stride; y < row * stride + size; y++) {
            for (let x = column * stride; x < column * stride + size; x++) {
              yield [((n * rows + y) * columns + x) * channels, to];
            }
          }
        }
      }
    }
  }
}

/** Numbers in the map of one face. */
export function volume({ channels, rows, columns }: MapSize): number {
  return channels * rows * columns;
}

function addWhereItReaches(sum: Maps, { size, data }: Maps): void {
  const count = data.length / volume(size);
  const { channels, rows, columns } = sum.size;
  for (let n = 0; n < count; n++) {
    for (let y = 0; y < size.rows; y++) {
      for (let x = 0; x < size.columns; x++) {
        const from = ((n * size.rows + y) * size.columns + x) * size.channels;
        const to = ((n * rows + y) * columns + x) * channels;
        for (let c = 0; c < size.channels; c++) sum.data[to + c]! += data[from + c]!;
      }
    }
  }
}

/** The part of larger maps that maps of a size took part in: the reverse of {@link addWhereItReaches}. */
function cut({ size: whole, data }: Maps, size: MapSize): Float64Array {
  const count = data.length / volume(whole);
  const part = new Float64Array(count * volume(size));
  for (let n = 0; n < count; n++) {
    for (let y = 0; y < size.rows; y++) {
      for (let x = 0; x < size.columns; x++) {
        const from = ((n * whole.rows + y) * whole.columns + x) * whole.channels;
        const to = ((n * size.rows + y) * size.columns + x) * size.channels;
        for (let c = 0; c < size.channels; c++) part[to + c] = data[from + c]!;
      }
    }
  }
  return part;
}

function dropNegatives(values: Float64Array): void {
  for (let i = 0; i < values.length; i++) if (values[i]! < 0) values[i] = 0;
}

function keepWherePositive(slope: Float64Array, output: Float64Array): void {
  for (let i = 0; i < slope.length; i++) if (!(output[i]! > 0)) slope[i] = 0;
}
