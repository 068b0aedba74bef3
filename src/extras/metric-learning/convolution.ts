import { addProduct, addProductWithTransposed, addTransposedProduct } from './matrix-product.ts';

/** Size of the maps between layers. */
export interface MapSize {
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
}

/** Maps of n faces: [n, rows, columns, channels], channels next to each other. */
export interface Maps {
  readonly size: MapSize;
  readonly data: Float64Array;
}

/** A convolution as a model file holds it, the affine layer after it folded in. */
export interface ConvolutionWeights {
  readonly inputs: number;
  readonly filters: number;
  /** Rows and columns of a filter. */
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  /** Zeros around the map, above and left as below and right. */
  readonly padding: readonly [number, number];
  /** [filters, inputs, rows, columns] */
  readonly weights: Float32Array;
  /** [filters] */
  readonly biases: Float32Array;
}

/** What {@link Convolution} leaves for its backward pass. */
export interface ConvolutionPass {
  readonly output: Maps;
  /** What each output number sees of the input, [n · positions, taps · channels]. */
  readonly windows: Float64Array;
  /** The products before gain and bias, [n · positions, filters]. */
  readonly products: Float64Array;
}

/**
 * A convolution with a gain and a bias for each filter behind it, ready to be learned.
 *
 * @remarks The network's own affine layer is folded into weights and biases, so the gains start at 1. Taps of the
 * filter that see nothing but padding, as most of a 3 x 3 filter do on a map of one pixel, are not learned.
 */
export class Convolution {
  readonly input: MapSize;
  readonly output: MapSize;
  readonly filters: ConvolutionWeights;
  /** [taps, inputs, filters] */
  readonly weights: Float64Array;
  readonly gains: Float64Array;
  readonly biases: Float64Array;
  /** Row and column in the filter of each tap that sees some of the map. */
  readonly #taps: readonly (readonly [number, number])[];

  constructor(
    filters: ConvolutionWeights,
    input: MapSize,
    parameters?: Pick<Convolution, 'weights' | 'gains' | 'biases'>,
  ) {
    this.filters = filters;
    this.input = input;
    const { kernel, stride, padding } = filters;
    const count = (size: number, axis: 0 | 1) =>
      1 + Math.floor((size + 2 * padding[axis] - kernel[axis]) / stride[axis]);
    this.output = {
      channels: filters.filters,
      rows: count(input.rows, 0),
      columns: count(input.columns, 1),
    };
    this.#taps = liveTaps(filters, input, this.output);
    this.weights = parameters?.weights ?? this.#gather();
    this.gains = parameters?.gains ?? new Float64Array(filters.filters).fill(1);
    this.biases = parameters?.biases ?? Float64Array.from(filters.biases);
  }

  /** The same layer with other parameters. */
  with(parameters: Pick<Convolution, 'weights' | 'gains' | 'biases'>): Convolution {
    return new Convolution(this.filters, this.input, parameters);
  }

  forward(maps: Maps): ConvolutionPass {
    const windows = this.#windows(maps);
    const inner = this.#taps.length * this.input.channels;
    const products = new Float64Array((windows.length / inner) * this.output.channels);
    addProduct(products, { a: windows, b: this.weights, inner });
    const data = new Float64Array(products.length);
    const { gains, biases } = this;
    for (let start = 0; start < data.length; start += gains.length) {
      for (let f = 0; f < gains.length; f++) data[start + f] = gains[f]! * products[start + f]! + biases[f]!;
    }
    return { output: { size: this.output, data }, windows, products };
  }

  /**
   * @param slope - derivative of the loss by the output
   * @param options.inputToo - whether the derivative by the input is wanted
   * @returns derivatives by the parameters, and by the input, [] where it is not wanted
   */
  backward({ windows, products }: ConvolutionPass, slope: Float64Array, options: { inputToo: boolean }) {
    const { gains } = this;
    const count = gains.length;
    const gradient = {
      weights: new Float64Array(this.weights.length),
      gains: new Float64Array(count),
      biases: new Float64Array(count),
    };
    const inner = new Float64Array(slope.length);
    for (let start = 0; start < slope.length; start += count) {
      for (let f = 0; f < count; f++) {
        const value = slope[start + f]!;
        gradient.gains[f]! += value * products[start + f]!;
        gradient.biases[f]! += value;
        inner[start + f] = value * gains[f]!;
      }
    }
    addTransposedProduct(gradient.weights, { a: windows, b: inner, rows: slope.length / count });
    if (!options.inputToo) return { gradient, input: new Float64Array(0) };
    const windowSlope = new Float64Array(windows.length);
    addProductWithTransposed(windowSlope, { a: inner, b: this.weights, columns: count });
    return { gradient, input: this.#scatter(windowSlope) };
  }

  /** The filters as a model file holds them, gains folded in; taps that see only padding as they were. */
  toWeights(): ConvolutionWeights {
    const { filters, inputs, kernel } = this.filters;
    const weights = this.filters.weights.slice();
    const area = kernel[0] * kernel[1];
    for (const [tap, [y, x]] of this.#taps.entries()) {
      for (let c = 0; c < inputs; c++) {
        for (let f = 0; f < filters; f++) {
          const value = this.weights[(tap * inputs + c) * filters + f]! * this.gains[f]!;
          weights[(f * inputs + c) * area + y * kernel[1] + x] = value;
        }
      }
    }
    return { ...this.filters, weights, biases: Float32Array.from(this.biases) };
  }

  #gather(): Float64Array {
    const { filters, inputs, kernel, weights } = this.filters;
    const gathered = new Float64Array(this.#taps.length * inputs * filters);
    const area = kernel[0] * kernel[1];
    for (const [tap, [y, x]] of this.#taps.entries()) {
      for (let c = 0; c < inputs; c++) {
        for (let f = 0; f < filters; f++) {
          gathered[(tap * inputs + c) * filters + f] = weights[(f * inputs + c) * area + y * kernel[1] + x]!;
        }
      }
    }
    return gathered;
  }

  /** The channels that each tap of each output position sees; zeros where it is outside (im2col). */
  #windows({ data }: Maps): Float64Array {
    const { channels, rows, columns } = this.input;
    const count = data.length / (channels * rows * columns);
    const width = this.#taps.length * channels;
    const positions = this.output.rows * this.output.columns;
    const windows = new Float64Array(count * positions * width);
    for (const [from, to] of this.#copies()) {
      for (let n = 0; n < count; n++) {
        const start = (n * rows * columns + from) * channels;
        windows.set(data.subarray(start, start + channels), n * positions * width + to * channels);
      }
    }
    return windows;
  }

  /** The reverse of {@link #windows}: what meets at one place of the map is added. */
  #scatter(windows: Float64Array): Float64Array {
    const { channels, rows, columns } = this.input;
    const width = this.#taps.length * channels;
    const positions = this.output.rows * this.output.columns;
    const count = windows.length / (positions * width);
    const data = new Float64Array(count * rows * columns * channels);
    for (const [from, to] of this.#copies()) {
      for (let n = 0; n < count; n++) {
        const at = (n * rows * columns + from) * channels;
        const source = n * positions * width + to * channels;
        for (let c = 0; c < channels; c++) data[at + c]! += windows[source + c]!;
      }
    }
    return data;
  }

  /** Pairs of a position in the map and a place in the windows of one face, both counted in channels. */
  *#copies(): Generator<readonly [number, number]> {
    const { stride, padding } = this.filters;
    for (let row = 0; row < this.output.rows; row++) {
      for (let column = 0; column < this.output.columns; column++) {
        const position = row * this.output.columns + column;
        for (const [tap, [tapRow, tapColumn]] of this.#taps.entries()) {
          const y = row * stride[0] - padding[0] + tapRow;
          const x = column * stride[1] - padding[1] + tapColumn;
          if (y < 0 || x < 0 || y >= this.input.rows || x >= this.input.columns) continue;
          yield [y * this.input.columns + x, position * this.#taps.length + tap];
        }
      }
    }
  }
}

function liveTaps(filters: ConvolutionWeights, input: MapSize, output: MapSize): [number, number][] {
  const { kernel, stride, padding } = filters;
  const isLive = (tap: number, axis: 0 | 1, size: number, positions: number) =>
    Array.from({ length: positions }, (_, i) => i * stride[axis] - padding[axis] + tap).some(
      (at) => at >= 0 && at < size,
    );
  const rows = [...Array(kernel[0]).keys()].filter((tap) => isLive(tap, 0, input.rows, output.rows));
  const columns = [...Array(kernel[1]).keys()].filter((tap) => isLive(tap, 1, input.columns, output.columns));
  return rows.flatMap((y) => columns.map((x): [number, number] => [y, x]));
}
