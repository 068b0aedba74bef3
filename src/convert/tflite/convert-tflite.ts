import { FaceTriggerError } from '../../core/errors.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { DecodeBudget } from '../decode-budget.ts';
import { writePrelu } from '../write-prelu.ts';
import { constantFloats, constantIntegers } from './constants.ts';
import { findPrelus, type SpelledPrelu } from './find-prelu.ts';
import type { FlatTable } from './flatbuffer.ts';
import { hasFreeSides } from './has-free-sides.ts';
import { operatorName } from './operator-names.ts';
import { readTflite, type TfliteGraph, type TfliteOperator, type TfliteTensor } from './read-tflite.ts';

/** What an operator is written with. */
interface Target {
  readonly source: TfliteGraph;
  readonly graph: GraphBuilder;
  /** Names of values in the new graph, by tensor; pictures have their channels first. */
  readonly names: Map<number, string>;
  /** Constants of floats, by tensor, as the file orders them. */
  readonly constants: Map<number, Float32Array>;
  /** Pictures of other sides than the file's are taken too. */
  readonly isFree: boolean;
  /** What all that is made of the file may take. */
  readonly budget: DecodeBudget;
}

type Writer = (operator: TfliteOperator, target: Target) => void;

/** Values of BuiltinOperator. Source: tensorflow/lite/schema/schema.fbs. */
const WRITERS: Readonly<Record<number, Writer>> = {
  0: binary('Add', 0),
  3: convolution,
  4: depthwise,
  6: dequantize,
  14: unary('Sigmoid'),
  17: maxPool,
  18: binary('Mul', 0),
  19: unary('Relu'),
  21: (operator, target) => give(operator, target, relu6(target, given(target, operator.inputs[0]!))),
  22: reshape,
  23: resizeBilinear,
  34: pad,
  41: binary('Sub', 0),
  101: unary('Abs'),
};

/**
 * Rewrites a TFLite network of pictures as ONNX: the same operators in single precision, pictures with their channels
 * first, numbers of half precision spelled out.
 *
 * @param bytes - of a .tflite file
 * @param metadata - written into the model
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` for damaged files and operators that no detector here needs
 */
export function convertTflite(
  bytes: Uint8Array,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const budget = new DecodeBudget(bytes.length);
  const source = readTflite(bytes, budget);
  const prelus = findPrelus(source);
  const unknown = source.operators
    .filter((_, index) => !prelus.inner.has(index) && !prelus.found.has(index))
    .filter(({ code }) => WRITERS[code] === undefined)
    .map(operatorName);
  if (unknown.length > 0)
    throw refuse(`there is no way to write its operators ${[...new Set(unknown)].join(', ')}`);
  const graph = new GraphBuilder('tflite');
  const target: Target = {
    source,
    graph,
    names: new Map(),
    constants: new Map(),
    isFree: hasFreeSides(source),
    budget,
  };
  for (const [index, tensor] of source.tensors.entries()) {
    if (tensor.data.length > 0 && (tensor.type === 'float32' || tensor.type === 'float16')) {
      budget.spend(tensor.type === 'float16' ? 2 * tensor.data.length : tensor.data.length);
      target.constants.set(index, constantFloats(tensor));
    }
  }
  for (const index of source.inputs) {
    const { name, shape, type } = source.tensors[index]!;
    if (type !== 'float32') throw refuse(`its input "${name}" is of ${type}`);
    target.names.set(
      index,
      graph.input(name, 'float32', freed(anyCount(channelsFirst(shape), source), target)),
    );
  }
  for (const [index, operator] of source.operators.entries()) {
    if (prelus.inner.has(index)) continue;
    const prelu = prelus.found.get(index);
    if (prelu) give(operator, target, writeFoundPrelu(prelu, target));
    else WRITERS[operator.code]!(operator, target);
  }
  for (const index of source.outputs) {
    const { name, shape } = source.tensors[index]!;
    graph.node('Identity', [given(target, index)], {}, { outputs: [name] });
    graph.output(name, 'float32', freed(anyCount(channelsFirst(shape), source), target));
  }
  return graph.toModel({ metadata });
}

function unary(opType: string): Writer {
  return (operator, target) =>
    give(operator, target, target.graph.node(opType, [given(target, operator.inputs[0]!)]));
}

function binary(opType: string, activation: number): Writer {
  return (operator, target) => {
    const [a, b] = operator.inputs.map((index) => given(target, index));
    give(operator, target, activated(operator, target, target.graph.node(opType, [a!, b!]), activation));
  };
}

function dequantize({ inputs, outputs }: TfliteOperator, { source, constants }: Target): void {
  const values = constants.get(inputs[0]!);
  if (!values) throw refuse(`"${source.tensors[inputs[0]!]!.name}" is no constant of half precision`);
  const [from, to] = [source.tensors[inputs[0]!]!, source.tensors[outputs[0]!]!];
  if (from.shape.join() !== to.shape.join())
    throw refuse(`"${to.name}" has another shape than "${from.name}"`);
  constants.set(outputs[0]!, values);
}

function convolution(operator: TfliteOperator, target: Target): void {
  const [input, kernel] = [tensorOf(target, operator.inputs[0]!), tensorOf(target, operator.inputs[1]!)];
  const [outer, rows, columns, inner] = sidesOf(kernel);
  if (sidesOf(input)[3] !== inner) throw refuse(`"${kernel.name}" is for another number of channels`);
  const weights = permuted(target, weightsOf(target, operator.inputs[1]!), {
    shape: [outer, rows, columns, inner],
    order: [0, 3, 1, 2],
  });
  const options = optionsOf(operator);
  const dilation = [options.integer(5, 'i32', 1), options.integer(4, 'i32', 1)] as const;
  const stride = [options.integer(2, 'i32'), options.integer(1, 'i32')] as const;
  const pads = padsOf(options, input, { kernel: [rows, columns], stride, dilation });
  const attributes = { strides: stride, dilations: dilation, pads, kernel_shape: [rows, columns] };
  convolve(operator, target, { weights, dims: [outer, inner, rows, columns], attributes, activation: 3 });
}

function depthwise(operator: TfliteOperator, target: Target): void {
  const [input, kernel] = [tensorOf(target, operator.inputs[0]!), tensorOf(target, operator.inputs[1]!)];
  const [one, rows, columns, outer] = sidesOf(kernel);
  const group = sidesOf(input)[3];
  if (one !== 1 || outer % group !== 0) throw refuse(`"${kernel.name}" is for another number of channels`);
  const weights = permuted(target, weightsOf(target, operator.inputs[1]!), {
    shape: [one, rows, columns, outer],
    order: [3, 0, 1, 2],
  });
  const options = optionsOf(operator);
  const dilation = [options.integer(6, 'i32', 1), options.integer(5, 'i32', 1)] as const;
  const stride = [options.integer(2, 'i32'), options.integer(1, 'i32')] as const;
  const pads = padsOf(options, input, { kernel: [rows, columns], stride, dilation });
  const attributes = { strides: stride, dilations: dilation, pads, kernel_shape: [rows, columns], group };
  convolve(operator, target, { weights, dims: [outer, 1, rows, columns], attributes, activation: 4 });
}

interface Convolution {
  readonly weights: Float32Array;
  readonly dims: readonly number[];
  readonly attributes: Readonly<Record<string, number | readonly number[]>>;
  /** Field of the options that says what follows. */
  readonly activation: number;
}

function convolve(operator: TfliteOperator, target: Target, { weights, dims, ...rest }: Convolution): void {
  const { graph } = target;
  const [input, kernel, bias = -1] = operator.inputs;
  const inputs = [
    given(target, input!),
    graph.initializer(`kernel ${operator.outputs[0]}`, { type: 'float32', dims, data: weights }),
  ];
  if (bias >= 0) {
    const data = weightsOf(target, bias);
    if (data.length !== dims[0])
      throw refuse(`the bias of "${tensorOf(target, kernel!).name}" is not as long as it`);
    // Written once for each that has it, however many share it.
    target.budget.spend(data.byteLength);
    inputs.push(
      graph.initializer(`bias ${operator.outputs[0]}`, { type: 'float32', dims: [data.length], data }),
    );
  }
  const made = graph.node('Conv', inputs, rest.attributes);
  give(operator, target, activated(operator, target, made, rest.activation));
}

function maxPool(operator: TfliteOperator, target: Target): void {
  const options = optionsOf(operator);
  const kernel = [options.integer(4, 'i32'), options.integer(3, 'i32')] as const;
  const stride = [options.integer(2, 'i32'), options.integer(1, 'i32')] as const;
  const pads = padsOf(options, tensorOf(target, operator.inputs[0]!), { kernel, stride, dilation: [1, 1] });
  const made = target.graph.node('MaxPool', [given(target, operator.inputs[0]!)], {
    ...{ kernel_shape: kernel, strides: stride, pads },
  });
  give(operator, target, activated(operator, target, made, 5));
}

function reshape(operator: TfliteOperator, target: Target): void {
  const { graph } = target;
  const [from, to] = [tensorOf(target, operator.inputs[0]!), tensorOf(target, operator.outputs[0]!)];
  let value = given(target, operator.inputs[0]!);
  if (from.shape.length === 4) value = graph.node('Transpose', [value], { perm: [0, 2, 3, 1] });
  // 0: as many as go in, whatever their number was when the file was written.
  const isKept = from.shape[0] === to.shape[0] && to.shape.length > 1;
  const data = BigInt64Array.from(to.shape.map((side, axis) => (isKept && axis === 0 ? 0n : BigInt(side))));
  if (target.isFree) data[1] = -1n;
  const shape = graph.initializer(`shape ${operator.outputs[0]}`, {
    ...{ type: 'int64', dims: [data.length], data },
  });
  value = graph.node('Reshape', [value, shape]);
  if (to.shape.length === 4) value = graph.node('Transpose', [value], { perm: [0, 3, 1, 2] });
  give(operator, target, value);
}

function resizeBilinear(operator: TfliteOperator, target: Target): void {
  const options = optionsOf(operator);
  const [isAligned, isHalf] = [options.integer(2, 'u8') !== 0, options.integer(3, 'u8') !== 0];
  const mode = isAligned ? 'align_corners' : isHalf ? 'half_pixel' : 'asymmetric';
  const [from, to] = [operator.inputs[0]!, operator.outputs[0]!].map((index) =>
    channelsFirst(sidesOf(tensorOf(target, index))),
  );
  const name = `sides ${operator.outputs[0]}`;
  const input = given(target, operator.inputs[0]!);
  const scales = Float32Array.from(to!, (side, axis) => side / from![axis]!);
  const inputs = target.isFree
    ? [input, '', target.graph.initializer(name, { type: 'float32', dims: [4], data: scales })]
    : [
        input,
        '',
        '',
        target.graph.initializer(name, { type: 'int64', dims: [4], data: BigInt64Array.from(to!, BigInt) }),
      ];
  const attributes = { mode: 'linear', coordinate_transformation_mode: mode };
  give(operator, target, target.graph.node('Resize', inputs, attributes));
}

function pad(operator: TfliteOperator, target: Target): void {
  const sides = sidesOf(tensorOf(target, operator.inputs[0]!));
  const border = tensorOf(target, operator.inputs[1]!);
  if (border.data.length > 8 * sides.length) throw refuse(`"${border.name}" is no border of a picture`);
  const pairs = constantIntegers(border);
  if (pairs.length !== 2 * sides.length || pairs.some((size) => size < 0)) throw refuse('a border is none');
  const [before, after] = [0, 1].map((end) => channelsFirst(sides.map((_, axis) => pairs[2 * axis + end]!)));
  const data = BigInt64Array.from([...before!, ...after!].map(BigInt));
  const pads = target.graph.initializer(`border ${operator.outputs[0]}`, { type: 'int64', dims: [8], data });
  give(operator, target, target.graph.node('Pad', [given(target, operator.inputs[0]!), pads]));
}

/** What the options say follows an operator. Values of ActivationFunctionType. */
function activated({ options }: TfliteOperator, target: Target, value: string, field: number): string {
  const kind = options?.integer(field, 'i8') ?? 0;
  if (kind === 0) return value;
  if (kind === 1) return target.graph.node('Relu', [value]);
  if (kind === 3) return relu6(target, value);
  throw refuse(`there is no way to write its activation ${kind}`);
}

function relu6({ graph }: Target, value: string): string {
  const limit = (name: string, number: number) =>
    graph.initializer(`${name} ${value}`, { type: 'float32', dims: [], data: Float32Array.of(number) });
  return graph.node('Clip', [value, limit('least', 0), limit('most', 6)]);
}

interface Window {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
}

/** Borders at top, left, bottom and right; Padding is 0 for SAME, which puts the odd pixel after, and 1 for VALID. */
function padsOf(options: FlatTable, input: TfliteTensor, { kernel, stride, dilation }: Window): number[] {
  if ([...kernel, ...stride, ...dilation].some((size) => !(size >= 1 && size <= 64)))
    throw refuse('a step is none');
  if (options.integer(0, 'i8') === 1) return [0, 0, 0, 0];
  const sides = sidesOf(input).slice(1, 3);
  const totals = sides.map((side, i) => {
    const reach = (kernel[i]! - 1) * dilation[i]! + 1;
    return Math.max(0, (Math.ceil(side / stride[i]!) - 1) * stride[i]! + reach - side);
  });
  const before = totals.map((total) => Math.floor(total / 2));
  return [...before, ...totals.map((total, i) => total - before[i]!)];
}

function give({ outputs }: TfliteOperator, { names }: Target, value: string): void {
  names.set(outputs[0]!, value);
}

function given(target: Target, index: number): string {
  const name = target.names.get(index);
  if (name !== undefined) return name;
  const data = weightsOf(target, index);
  const { shape } = tensorOf(target, index);
  // One number for each channel, beside pictures with their channels first.
  const dims = shape.length === 1 ? [shape[0]!, 1, 1] : channelsFirst(shape);
  const ordered = shape.length === 4 ? permuted(target, data, { shape, order: [0, 3, 1, 2] }) : data;
  const made = target.graph.initializer(`constant ${index}`, { type: 'float32', dims, data: ordered });
  target.names.set(index, made);
  return made;
}

function weightsOf({ constants, source }: Target, index: number): Float32Array {
  const values = constants.get(index);
  if (values) return values;
  throw refuse(`nothing gives "${source.tensors[index]?.name}"`);
}

function tensorOf({ source }: Target, index: number): TfliteTensor {
  const tensor = source.tensors[index];
  if (tensor === undefined) throw refuse('an operator has too few inputs');
  return tensor;
}

function optionsOf(operator: TfliteOperator): FlatTable {
  if (operator.options === null) throw refuse(`its operator ${operatorName(operator)} has no options`);
  return operator.options;
}

function sidesOf({ name, shape }: TfliteTensor): [number, number, number, number] {
  if (shape.length !== 4) throw refuse(`"${name}" is no picture`);
  return [...shape] as [number, number, number, number];
}

/** Names for sides, and for the number of cells, that are any. */
function freed(shape: readonly (number | string)[], { isFree }: Target): (number | string)[] {
  if (!isFree) return [...shape];
  return shape.length === 4
    ? [shape[0]!, shape[1]!, 'height', 'width']
    : [shape[0]!, 'cells', ...shape.slice(2)];
}

/** A network that was written down for several pictures at once takes any number of them. */
function anyCount(shape: readonly number[], { inputs, tensors }: TfliteGraph): (number | string)[] {
  const count = tensors[inputs[0]!]!.shape[0]!;
  return shape.map((side, axis) => (axis === 0 && count > 1 && side === count ? 'n' : side));
}

/** x - |x| is twice the negative side. */
function writeFoundPrelu({ x, half }: SpelledPrelu, target: Target): string {
  const halves = weightsOf(target, half);
  target.budget.spend(3 * halves.byteLength);
  const slopes = halves.map((value) => 2 * value);
  return writePrelu(target.graph, given(target, x), { slopes, name: `prelu ${x} ${half}` });
}

function channelsFirst(shape: readonly number[]): number[] {
  const [count, rows, columns, channels] = shape;
  return shape.length === 4 ? [count!, channels!, rows!, columns!] : [...shape];
}

/** The numbers of a four-dimensional array in another order of its axes. */
function permuted(
  { budget }: Target,
  data: Float32Array,
  { shape, order }: { readonly shape: readonly number[]; readonly order: readonly number[] },
): Float32Array {
  // What a damaged file says of its shapes must not decide how long this takes.
  if (shape.reduce((product, side) => product * side, 1) !== data.length)
    throw refuse('a kernel is not as long as its shape says');
  budget.spend(data.byteLength);
  const strides = [shape[1]! * shape[2]! * shape[3]!, shape[2]! * shape[3]!, shape[3]!, 1];
  const [a, b, c, d] = order as [number, number, number, number];
  const result = new Float32Array(data.length);
  let to = 0;
  for (let i = 0; i < shape[a]!; i++)
    for (let j = 0; j < shape[b]!; j++)
      for (let k = 0; k < shape[c]!; k++)
        for (let l = 0; l < shape[d]!; l++)
          result[to++] = data[i * strides[a]! + j * strides[b]! + k * strides[c]! + l * strides[d]!]!;
  return result;
}

function refuse(why: string): FaceTriggerError {
  return new FaceTriggerError('ERR_MODEL_FORMAT', `Cannot convert the TFLite file: ${why}`);
}
