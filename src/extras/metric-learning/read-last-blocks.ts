import { FaceTriggerError } from '../../core/errors.ts';
import { EMBEDDER_FEATURES } from '../../models/dlib/embedder/embedder-format.ts';
import { findProducer, type NodeInputs, readFloatConstant } from '../../onnx/read-constant.ts';
import type { ConvolutionWeights } from './convolution.ts';
import type { ResidualBlockWeights } from './residual-block.ts';

/** The end of a network, before its last layer. */
export interface LastBlocks {
  /** The value in the network's graph that enters the first of them. */
  readonly input: string;
  /** In the order in which a face goes through them. */
  readonly blocks: readonly ResidualBlockWeights[];
}

/**
 * Reads the residual blocks before the pooled features out of an embedder's file.
 *
 * @param bytes - an embedder that `models convert` wrote
 * @param options.count - how many, an integer >= 1
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if the network does not end in so many residual blocks
 */
export function readLastBlocks(bytes: Uint8Array, { count }: { readonly count: number }): LastBlocks {
  const flatten = producer(bytes, EMBEDDER_FEATURES, 'Flatten');
  const pooled = producer(bytes, flatten.inputs[0], 'GlobalAveragePool');
  let input = pooled.inputs[0]!;
  const blocks: ResidualBlockWeights[] = [];
  while (blocks.length < count) {
    const block = readBlock(bytes, input);
    blocks.unshift(block.weights);
    input = block.input;
  }
  return { input, blocks };
}

/** relu(add(pad?(conv(relu(conv(x)))), pad?(averagePool?(x)))) */
function readBlock(bytes: Uint8Array, output: string): { input: string; weights: ResidualBlockWeights } {
  const add = producer(bytes, producer(bytes, output, 'Relu').inputs[0], 'Add');
  const second = producer(bytes, withoutPad(bytes, add.inputs[0]!), 'Conv');
  const first = producer(bytes, producer(bytes, second.inputs[0], 'Relu').inputs[0], 'Conv');
  const input = first.inputs[0]!;
  const skip = withoutPad(bytes, add.inputs[1]!);
  const weights = {
    first: readConvolution(bytes, first),
    second: readConvolution(bytes, second),
    pool: skip === input ? null : readPool(producer(bytes, skip, 'AveragePool'), input),
  };
  return { input, weights };
}

/** How much is padded follows from the sizes: dlib's rule, which {@link ResidualBlock} knows. */
function withoutPad(bytes: Uint8Array, value: string): string {
  const node = findProducer(bytes, value);
  return node?.opType === 'Pad' ? node.inputs[0]! : value;
}

function readPool(node: NodeInputs, input: string): ResidualBlockWeights['pool'] {
  const [rows, columns] = node.lists.get('kernel_shape') ?? [];
  const [strideY, strideX] = node.lists.get('strides') ?? [];
  const isSquare = node.inputs[0] === input && rows !== undefined && rows === columns && strideY === strideX;
  if (!isSquare || strideY === undefined) throw unexpected('a square average pool beside the block');
  return { size: rows, stride: strideY };
}

function readConvolution(bytes: Uint8Array, node: NodeInputs): ConvolutionWeights {
  const weights = readFloatConstant(bytes, node.inputs[1] ?? '');
  const biases = readFloatConstant(bytes, node.inputs[2] ?? '');
  const [filters, inputs, rows, columns] = weights?.dims ?? [];
  const [strideY = 1, strideX = 1] = node.lists.get('strides') ?? [];
  const [top = 0, left = 0, bottom = 0, right = 0] = node.lists.get('pads') ?? [];
  const fits =
    weights !== null &&
    filters !== undefined &&
    inputs !== undefined &&
    rows !== undefined &&
    columns !== undefined &&
    biases?.data.length === filters &&
    top === bottom &&
    left === right;
  if (!fits) throw unexpected('float32 convolutions with biases and even padding');
  return {
    ...{ inputs, filters, kernel: [rows, columns], stride: [strideY, strideX], padding: [top, left] },
    weights: weights.data,
    biases: biases.data,
  };
}

function producer(bytes: Uint8Array, value: string | undefined, opType: string): NodeInputs {
  const node = value === undefined ? null : findProducer(bytes, value);
  if (node?.opType !== opType) {
    throw unexpected(`the operator ${opType} where there is ${node?.opType ?? 'none'}`);
  }
  return node;
}

function unexpected(expected: string): FaceTriggerError {
  return new FaceTriggerError(
    'ERR_MODEL_FORMAT',
    `The embedder does not end in a residual block that can be learned: expected ${expected}`,
  );
}
