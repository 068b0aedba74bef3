import { expectation, FaceTriggerError } from '../../core/errors.ts';
import { isKind } from '../../core/is-kind.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { DecodeBudget } from '../decode-budget.ts';
import { writePrelu } from '../write-prelu.ts';
import type { GraphModel, GraphNode, GraphTensor } from './read-graph-model.ts';

/** A value of the graph that is built, by the name of the node that gives it. */
interface Value {
  readonly name: string;
  /** 4: a picture [n, channels, rows, columns]; 2: a list [n, numbers]. */
  readonly rank: number;
}

/**
 * Converts a graph of TensorFlow.js from a picture [n, rows, columns, 3] to a list of numbers [n, d] into ONNX.
 *
 * @returns an ONNX file with the same input, the output in the name that the graph has for it
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` for operators and forms that are not among those of face networks
 * @remarks Pictures go through the graph channels first, as onnxruntime's convolutions want them. PReLU, which
 * TensorFlow.js spells Relu(x) + m (x - |x|), is written as max(x, 2 m x) where its slopes are at most 1: the same
 * numbers in half the time.
 */
export function convertGraphModel(
  model: GraphModel,
  options: {
    /**
     * The file was written by an optimizer that fused a Relu into the convolution before PReLU, so that nothing negative
     * reaches it, and turned the sign of the slopes: both are undone. @defaultValue false
     */
    readonly restorePrelu?: boolean | undefined;
    /** Written into the model. */
    readonly metadata?: Readonly<Record<string, string>> | undefined;
  } = {},
): Uint8Array {
  return new Conversion(model, options.restorePrelu ?? false).run(options.metadata ?? {});
}

class Conversion {
  readonly #graph = new GraphBuilder('tfjs');
  readonly #nodes: ReadonlyMap<string, GraphNode>;
  readonly #tensors: ReadonlyMap<string, GraphTensor>;
  readonly #values = new Map<string, Value>();
  readonly #model: GraphModel;

  readonly #restoresPrelu: boolean;
  /** Each node that uses a constant is given a copy, in the order of ONNX. */
  readonly #budget: DecodeBudget;

  constructor(model: GraphModel, restoresPrelu: boolean) {
    this.#model = model;
    this.#restoresPrelu = restoresPrelu;
    this.#nodes = new Map(model.nodes.map((node) => [node.name, node]));
    this.#tensors = model.tensors;
    const weights = [...model.tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    this.#budget = new DecodeBudget(weights);
  }

  run(metadata: Readonly<Record<string, string>>): Uint8Array {
    const { nodes } = this.#model;
    const used = new Set(nodes.flatMap(({ input }) => input));
    const ends = nodes.filter(({ name, op }) => !used.has(name) && op !== 'Const');
    const [end] = ends;
    if (ends.length !== 1 || end === undefined)
      throw unfit(
        'one output',
        ends.map(({ name }) => name),
      );
    // By a list instead of recursion: a graph may be as deep as it is long.
    for (const node of inOrder(end, this.#nodes)) {
      if (node.op !== 'Const') this.#values.set(node.name, this.#convert(node));
    }
    const { name, rank } = this.#values.get(end.name)!;
    if (rank !== 2) throw unfit('an output [n, d]', end.name);
    this.#graph.node('Identity', [name], {}, { outputs: ['output'] });
    this.#graph.output('output', 'float32', ['n', this.#dimension(end)]);
    return this.#graph.toModel({ metadata });
  }

  #convert(node: GraphNode): Value {
    switch (node.op) {
      case 'Placeholder':
        return this.#input(node);
      case '_FusedConv2D':
      case 'FusedDepthwiseConv2dNative':
        return this.#convolution(node);
      case 'Squeeze':
        return this.#squeeze(node);
      case 'Sum':
        return this.#sum(node);
      case 'Add':
      case 'AddV2':
        return this.#prelu(node) ?? this.#elementwise('Add', node);
      case 'Sub':
      case 'Mul':
        return this.#elementwise(node.op, node);
      case 'Maximum':
        return this.#elementwise('Max', node);
      case 'Relu':
      case 'Abs':
        return this.#simple(node.op, node);
      case 'Square': {
        const { name, rank } = this.#value(node.input[0]);
        return { name: this.#graph.node('Mul', [name, name]), rank };
      }
      case 'Rsqrt': {
        const root = this.#simple('Sqrt', node);
        return { name: this.#graph.node('Reciprocal', [root.name]), rank: root.rank };
      }
      default:
        throw unfit('operators of face networks', `${node.op} (${node.name})`);
    }
  }

  #input(node: GraphNode): Value {
    const sizes = node.attr['shape']?.shape?.dim?.map(({ size }) => size) ?? [];
    const [, rows, columns, channels] = sizes;
    if (sizes.length !== 4 || !rows || !columns || rows < 1 || columns < 1 || channels !== 3) {
      throw unfit('a picture [n, rows, columns, 3]', sizes);
    }
    this.#graph.input('input', 'float32', ['n', rows, columns, 3]);
    return { name: this.#graph.node('Transpose', ['input'], { perm: [0, 3, 1, 2] }), rank: 4 };
  }

  #convolution(node: GraphNode): Value {
    const isDepthwise = node.op === 'FusedDepthwiseConv2dNative';
    const [from, kernel, bias] = node.input;
    const weights = this.#constant(kernel);
    const fused = node.attr['fused_ops']?.list?.s?.map(fromBase64) ?? [];
    const isKnown =
      fused[0] === 'BiasAdd' && (fused.length === 1 || (fused.length === 2 && fused[1] === 'Relu'));
    const format = fromBase64(node.attr['data_format']?.s ?? '');
    const padding = fromBase64(node.attr['padding']?.s ?? '');
    const strides = spatial(node.attr['strides']?.list?.i);
    const dilations = spatial(node.attr['dilations']?.list?.i);
    const isFit =
      isKnown && format === 'NHWC' && (padding === 'SAME' || padding === 'VALID') && strides && dilations;
    if (!isFit || weights.shape.length !== 4)
      throw unfit('a convolution with bias, NHWC, SAME or VALID', node);
    const value = this.#value(from);
    if (value.rank !== 4) throw unfit('a picture', node);
    const inputs = [
      value.name,
      this.#tensor(`${node.name}/kernel`, weights, (kernel) => channelsFirst(kernel, isDepthwise)),
      this.#tensor(`${node.name}/bias`, this.#constant(bias)),
    ];
    const convolved = this.#graph.node('Conv', inputs, {
      ...{ strides, dilations },
      auto_pad: padding === 'SAME' ? 'SAME_UPPER' : 'VALID',
      ...(isDepthwise && { group: weights.shape[2]! }),
    });
    const hasRelu = fused.length === 2 && !(this.#restoresPrelu && this.#isUnderPrelu(node));
    return { name: hasRelu ? this.#graph.node('Relu', [convolved]) : convolved, rank: 4 };
  }

  /** Whether x - |x| of this node is asked for. */
  #isUnderPrelu({ name }: GraphNode): boolean {
    return this.#model.nodes.some(({ op, input }) => op === 'Abs' && input[0] === name);
  }

  /** Relu(x) + m (x - |x|), or where x is already a Relu's, x + m (x - |x|). */
  #prelu({ input }: GraphNode): Value | null {
    const [positive, product] = input.map((name) => this.#nodes.get(name));
    if (product?.op !== 'Mul') return null;
    const [difference, slope] = product.input.map((name) => this.#nodes.get(name));
    if (difference?.op !== 'Sub' || slope?.op !== 'Const') return null;
    const [x, absolute] = difference.input.map((name) => this.#nodes.get(name));
    if (x === undefined || absolute?.op !== 'Abs' || absolute.input[0] !== x.name) return null;
    // After a fused Relu the positive side is x itself.
    const isPrelu = positive === x || (positive?.op === 'Relu' && positive.input[0] === x.name);
    if (!isPrelu) return null;
    const { name, rank } = this.#value(x.name);
    const half = this.#constant(slope.name);
    if (rank !== 4 || half.shape.length !== 1) return null;
    this.#budget.spend(3 * half.data.byteLength);
    // x - |x| is twice the negative side.
    const factor = this.#restoresPrelu ? -2 : 2;
    const slopes = Float32Array.from(half.data, (value) => factor * value);
    return { name: writePrelu(this.#graph, name, { slopes, name: slope.name }), rank };
  }

  #elementwise(opType: string, node: GraphNode): Value {
    const names = node.input.filter((name) => !name.startsWith('^'));
    if (names.length !== 2) throw unfit('two inputs', node);
    const ranks = names.map((name) => this.#values.get(name)?.rank ?? 0);
    const rank = Math.max(...ranks);
    const inputs = names.map((name) => {
      const value = this.#values.get(name);
      if (value) return value.name;
      const { shape, data } = this.#constant(name);
      const count = data.length;
      // Numbers of the channels, which are last in TensorFlow and second here.
      const isOfChannels = shape.length <= 1 || shape.slice(0, -1).every((side) => side === 1);
      if (!isOfChannels) throw unfit('a constant of the channels', name);
      const dims = rank === 4 && count > 1 ? [count, 1, 1] : count > 1 ? [count] : [];
      return this.#tensor(`${node.name}/${name}`, { shape: dims, data });
    });
    return { name: this.#graph.node(opType, inputs), rank };
  }

  #simple(opType: string, node: GraphNode): Value {
    const { name, rank } = this.#value(node.input[0]);
    return { name: this.#graph.node(opType, [name]), rank };
  }

  #squeeze(node: GraphNode): Value {
    const axes = node.attr['squeeze_dims']?.list?.i ?? [];
    const { name, rank } = this.#value(node.input[0]);
    if (rank !== 4 || axes.join() !== '1,2') throw unfit('a picture of one pixel that becomes a list', node);
    const axesName = this.#graph.initializer(`${node.name}/axes`, {
      type: 'int64',
      dims: [2],
      data: new BigInt64Array([2n, 3n]),
    });
    return { name: this.#graph.node('Squeeze', [name, axesName]), rank: 2 };
  }

  #sum(node: GraphNode): Value {
    const { name, rank } = this.#value(node.input[0]);
    const axes = this.#constant(node.input[1]).data;
    const isOverNumbers = axes.length === 1 && (axes[0] === 1 || axes[0] === -1);
    if (rank !== 2 || !isOverNumbers || node.attr['keep_dims']?.b !== true) {
      throw unfit('a sum over the numbers of a list that keeps its rank', node);
    }
    const axesName = this.#graph.initializer(`${node.name}/axes`, {
      type: 'int64',
      dims: [1],
      data: new BigInt64Array([1n]),
    });
    return { name: this.#graph.node('ReduceSum', [name, axesName], { keepdims: 1 }), rank };
  }

  /** Numbers in the list that leaves the graph: channels of the last convolution before it. */
  #dimension(end: GraphNode): number {
    const order = inOrder(end, this.#nodes);
    const last = order.findLast(({ op }) => op === '_FusedConv2D');
    if (last === undefined) throw unfit('a convolution', end.name);
    return this.#constant(last.input[1]).shape[3]!;
  }

  #value(name: string | undefined): Value {
    const value = this.#values.get(name ?? '');
    if (value === undefined) throw unfit('a value that is computed', name);
    return value;
  }

  #constant(name: string | undefined): GraphTensor {
    const tensor = this.#tensors.get(name ?? '');
    if (tensor === undefined || this.#nodes.get(name ?? '')?.op !== 'Const') throw unfit('a constant', name);
    return tensor;
  }

  #tensor(name: string, tensor: GraphTensor, ordered = (kernel: GraphTensor) => kernel): string {
    this.#budget.spend(tensor.data.byteLength);
    const { shape, data } = ordered(tensor);
    if (!isKind(data, 'Float32Array')) throw unfit('numbers in float32', name);
    return this.#graph.initializer(name, { type: 'float32', dims: shape, data });
  }
}

/** The nodes that lead to one, each after those that it needs. */
function inOrder(end: GraphNode, nodes: ReadonlyMap<string, GraphNode>): GraphNode[] {
  const order: GraphNode[] = [];
  const state = new Map<GraphNode, 'open' | 'done'>();
  const stack = [end];
  while (stack.length > 0) {
    const node = stack.at(-1)!;
    if (state.get(node) === 'done') stack.pop();
    else if (state.get(node) === 'open') {
      state.set(node, 'done');
      order.push(node);
      stack.pop();
    } else {
      state.set(node, 'open');
      for (const name of node.input) {
        const input = nodes.get(name);
        if (input === undefined) throw unfit('an input that is there', name);
        if (state.get(input) === 'open') throw unfit('a graph without circles', name);
        if (state.get(input) === undefined) stack.push(input);
      }
    }
  }
  return order;
}

/** [rows, columns, in, out] to [out, in, rows, columns]; of a depthwise kernel [rows, columns, channels, 1] to [channels, 1, rows, columns]. */
function channelsFirst({ shape, data }: GraphTensor, isDepthwise: boolean): GraphTensor {
  const [rows, columns, from, to] = shape as [number, number, number, number];
  if (isDepthwise && to !== 1) throw unfit('a depthwise kernel [rows, columns, channels, 1]', shape);
  const [outer, inner] = isDepthwise ? [from, 1] : [to, from];
  const moved = new Float32Array(data.length);
  let target = 0;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      for (let cell = 0; cell < rows * columns; cell++) {
        moved[target++] = data[isDepthwise ? cell * from + o : (cell * from + i) * to + o]!;
      }
    }
  }
  return { shape: [outer, inner, rows, columns], data: moved };
}

/** Of numbers for [n, rows, columns, channels] those of rows and columns. */
function spatial(numbers: readonly number[] | undefined): number[] | null {
  const [first, rows, columns, last] = numbers ?? [];
  return first === 1 && last === 1 && rows !== undefined && columns !== undefined && rows >= 1 && columns >= 1
    ? [rows, columns]
    : null;
}

function fromBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    return '';
  }
}

function unfit(expected: string, received: unknown): FaceTriggerError {
  return new FaceTriggerError('ERR_MODEL_FORMAT', expectation(expected, 'the graph model', received));
}
