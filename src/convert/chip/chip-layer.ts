/** A value [n, channels, rows, columns] inside a network of chips. */
export interface ChipValue {
  /** In the float graph. */
  readonly name: string;
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
}

/** A convolution with all that follows it channel by channel. */
export interface ConvLayer {
  readonly kind: 'conv';
  readonly input: string;
  readonly output: ChipValue;
  /** The value before the slopes are applied, which is measured. */
  readonly sums: string;
  /** [filters, channels of a group, rows, columns] */
  readonly weights: Float32Array;
  readonly biases: Float32Array;
  readonly kernel: readonly [rows: number, columns: number];
  readonly strides: readonly number[];
  /** Top, left, bottom, right. */
  readonly pads: readonly number[];
  readonly group: number;
  /** What is below zero is multiplied by, one number a channel; `null`: nothing is. */
  readonly slopes: Float32Array | null;
  /** What is larger than this is cut off, behind a relu. */
  readonly ceiling: number;
}

export interface AddLayer {
  readonly kind: 'add';
  readonly inputs: readonly [string, string];
  readonly output: ChipValue;
  readonly sums: string;
  readonly hasRelu: boolean;
}

export type ChipLayer = ConvLayer | AddLayer;

/** A network from chips to embeddings: the part that is computed in bytes. */
export interface ChipLayers {
  /** What goes into the first layer. */
  readonly entry: ChipValue;
  readonly layers: readonly ChipLayer[];
}

/** Where nothing is left below zero, a byte has a step more for what is above. */
export function isRelu(slopes: Float32Array | null): boolean {
  return slopes?.every((slope) => slope === 0) ?? false;
}
