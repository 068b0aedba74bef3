import { expectation, FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import type { Random } from '../../core/random/random.ts';
import { addProduct, addProductWithTransposed, addTransposedProduct } from './matrix-product.ts';
import { type MetricModel, type ModelPass, type ParameterGroup, rootMeanSquare } from './metric-model.ts';
import { type Rows, selectRows } from './triplet-loss.ts';

/** A fully connected layer: output = input · weights + biases. */
export interface LinearLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** [inputs, outputs] */
  readonly weights: Float32Array;
  /** [outputs]; `null`: none. */
  readonly biases: Float32Array | null;
}

/** What {@link EmbeddingHead.forward} leaves for {@link EmbeddingHead.backward}. */
export interface HeadPass {
  /** Embeddings before normalization, [n, outputs]. */
  readonly embeddings: Rows;
  readonly features: Rows;
  /** Hidden activations [n, hidden]. */
  readonly hidden: Float64Array;
}

/**
 * The layer that turns a network's pooled features into an embedding: a linear map, and beside it, where a hidden
 * layer is asked for, relu(features · A + a) · B.
 *
 * @remarks All parameters lie in one array, so that an optimizer needs to know nothing of their shape.
 */
export class EmbeddingHead implements MetricModel<Rows, EmbeddingHead> {
  readonly inputs: number;
  readonly outputs: number;
  /** Neurons of the hidden layer; 0: none. */
  readonly hidden: number;
  readonly parameters: Float64Array;
  /** Views into the parameters. */
  readonly weights: Float64Array;
  readonly biases: Float64Array;
  readonly hiddenWeights: Float64Array;
  readonly hiddenBiases: Float64Array;
  readonly hiddenOutputs: Float64Array;

  /** @param parameters - taken over, not copied. @defaultValue zeros */
  constructor(
    shape: { readonly inputs: number; readonly outputs: number; readonly hidden: number },
    parameters?: Float64Array,
  ) {
    const { inputs, outputs, hidden } = shape;
    this.inputs = inputs;
    this.outputs = outputs;
    this.hidden = hidden;
    const sizes = [inputs * outputs, outputs, inputs * hidden, hidden, hidden * outputs];
    const count = sizes.reduce((sum, size) => sum + size, 0);
    this.parameters = parameters ?? new Float64Array(count);
    if (this.parameters.length !== count) {
      const message = expectation(`${count} numbers`, 'parameters', this.parameters.length);
      throw new FaceTriggerError('ERR_SHAPE_MISMATCH', message);
    }
    const views = split(this.parameters, sizes);
    [this.weights, this.biases, this.hiddenWeights, this.hiddenBiases, this.hiddenOutputs] = views as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
  }

  /**
   * Starts from a trained layer: before any training the head gives the same embeddings.
   *
   * @param options.hidden - neurons beside the linear map, whose outputs start at 0, an integer from 0 to 4096
   * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`
   * @remarks Hidden weights: He et al., arXiv 1502.01852.
   */
  static fromLinear(
    layer: LinearLayer,
    { hidden = 0, random }: { readonly hidden?: number | undefined; readonly random: Random },
  ): EmbeddingHead {
    if (!Number.isInteger(hidden) || hidden < 0 || hidden > 4096) {
      throw invalidArgument('an integer from 0 to 4096', 'options.hidden', hidden);
    }
    const head = new EmbeddingHead({ inputs: layer.inputs, outputs: layer.outputs, hidden });
    head.weights.set(layer.weights);
    if (layer.biases !== null) head.biases.set(layer.biases);
    const deviation = Math.sqrt(2 / layer.inputs);
    for (let i = 0; i < head.hiddenWeights.length; i++) head.hiddenWeights[i] = deviation * random.normal();
    return head;
  }

  /** A head of the same shape with parameters of its own. */
  clone(): EmbeddingHead {
    return new EmbeddingHead(this, this.parameters.slice());
  }

  /** @param features - [n, inputs] */
  forward(features: Rows): HeadPass {
    if (features.columns !== this.inputs) {
      const message = expectation(`${this.inputs} features a face`, 'features', features.columns);
      throw new FaceTriggerError('ERR_SHAPE_MISMATCH', message);
    }
    const { data } = features;
    const n = data.length / this.inputs;
    const hidden = new Float64Array(n * this.hidden);
    fillRows(hidden, this.hiddenBiases);
    addProduct(hidden, { a: data, b: this.hiddenWeights, inner: this.inputs });
    for (let i = 0; i < hidden.length; i++) if (hidden[i]! < 0) hidden[i] = 0;
    const embeddings = new Float64Array(n * this.outputs);
    fillRows(embeddings, this.biases);
    addProduct(embeddings, { a: data, b: this.weights, inner: this.inputs });
    addProduct(embeddings, { a: hidden, b: this.hiddenOutputs, inner: this.hidden });
    return { embeddings: { data: embeddings, columns: this.outputs }, features, hidden };
  }

  /**
   * @param slope - derivative of the loss by the embeddings, [n, outputs]
   * @returns derivative by the parameters, in their order
   */
  backward({ features, hidden }: HeadPass, slope: Float64Array): Float64Array {
    const gradient = new EmbeddingHead(this);
    const n = features.data.length / this.inputs;
    addTransposedProduct(gradient.weights, { a: features.data, b: slope, rows: n });
    addColumns(gradient.biases, slope);
    if (this.hidden > 0) {
      addTransposedProduct(gradient.hiddenOutputs, { a: hidden, b: slope, rows: n });
      const hiddenSlope = this.#hiddenSlope(hidden, slope);
      addTransposedProduct(gradient.hiddenWeights, { a: features.data, b: hiddenSlope, rows: n });
      addColumns(gradient.hiddenBiases, hiddenSlope);
    }
    return gradient.parameters;
  }

  /**
   * @param slope - derivative of the loss by the embeddings, [n, outputs]
   * @returns derivative by the features, [n, inputs]
   */
  featureSlope({ features, hidden }: HeadPass, slope: Float64Array): Float64Array {
    const out = new Float64Array(features.data.length);
    addProductWithTransposed(out, { a: slope, b: this.weights, columns: this.outputs });
    if (this.hidden > 0) {
      const hiddenSlope = this.#hiddenSlope(hidden, slope);
      addProductWithTransposed(out, { a: hiddenSlope, b: this.hiddenWeights, columns: this.hidden });
    }
    return out;
  }

  get groups(): readonly ParameterGroup[] {
    return [{ values: this.parameters, stepScale: rootMeanSquare(this.weights) }];
  }

  /** @param inputs - features of all faces */
  pass(inputs: Rows, rows: readonly number[]): ModelPass {
    const pass = this.forward(selectRows(inputs, rows));
    return { embeddings: pass.embeddings, backward: (slope) => [this.backward(pass, slope)] };
  }

  #hiddenSlope(hidden: Float64Array, slope: Float64Array): Float64Array {
    const hiddenSlope = new Float64Array(hidden.length);
    addProductWithTransposed(hiddenSlope, { a: slope, b: this.hiddenOutputs, columns: this.outputs });
    for (let i = 0; i < hidden.length; i++) if (hidden[i]! <= 0) hiddenSlope[i] = 0;
    return hiddenSlope;
  }
}

function split(data: Float64Array, sizes: readonly number[]): Float64Array[] {
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return data.subarray(start - size, start);
  });
}

function fillRows(rows: Float64Array, row: Float64Array): void {
  for (let start = 0; start < rows.length; start += row.length) rows.set(row, start);
}

function addColumns(sums: Float64Array, rows: Float64Array): void {
  for (let i = 0; i < rows.length; i++) sums[i % sums.length]! += rows[i]!;
}

/** What a layer makes of each vector of features. */
export function applyLayer(layer: LinearLayer, vectors: readonly Float32Array[]): Float32Array[] {
  const { inputs, outputs, weights, biases } = layer;
  return vectors.map((vector) => {
    const sums = new Float64Array(outputs);
    if (biases !== null) sums.set(biases);
    addProduct(sums, { a: vector, b: weights, inner: inputs });
    return Float32Array.from(sums);
  });
}
