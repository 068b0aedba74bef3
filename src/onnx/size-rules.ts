import { utf8Text } from '../core/text/utf8.ts';
import type { GraphNode } from './read-nodes.ts';
import { broadcast, counted, sized, type ValueSize } from './value-size.ts';

/** Gives upper bounds of what a node makes, at least of the first; `null`: they do not follow from the file. */
export type SizeRule = (node: GraphNode, sources: readonly ValueSize[]) => readonly ValueSize[] | null;

type OneResult = (node: GraphNode, sources: readonly ValueSize[]) => ValueSize | null | undefined;

const SAME =
  'Abs BatchNormalization Binarizer Ceil Clip CumSum DequantizeLinear Dropout DynamicQuantizeLinear Elu Erf Exp ' +
  'Floor Gelu HardSigmoid HardSwish Imputer InstanceNormalization IsInf IsNaN LabelEncoder LayerNormalization ' +
  'LeakyRelu Log LogSoftmax LpNormalization LRN MeanVarianceNormalization Neg Normalizer Not QLinearLeakyRelu ' +
  'QLinearSigmoid QuantizeLinear Reciprocal Relu Round Scaler Selu Sigmoid Sign Softmax Softplus Sqrt Tanh ' +
  'ThresholdedRelu Trilu ZipMap';
const SAME_TWICE = 'Split TopK';
const BROADCAST =
  'Add And Div Equal Greater GreaterOrEqual Less LessOrEqual Max Mean Min Mod Mul Or Pow PRelu Sub Sum Where Xor';
const REDUCE =
  'ArgMax ArgMin ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ' +
  'ReduceSumSquare';
const POOL = 'AveragePool LpPool MaxPool QLinearAveragePool';
const SCORES = 'FeatureVectorizer LinearRegressor OneHotEncoder SVMRegressor TreeEnsembleRegressor';
const CLASSIFY = 'LinearClassifier SVMClassifier TreeEnsembleClassifier';

/** The operators that are accepted, and how large what they make can be. */
export const SIZE_RULES: ReadonlyMap<string, SizeRule> = new Map([
  ...each(SAME, (_, [source]) => source && { dims: source.dims, count: source.count }),
  ...each('Identity', (_, [source]) => source),
  ...each('Cast', cast),
  ...each(BROADCAST, (_, sources) => broadcast(sources)),
  ...each(REDUCE, reduce),
  ...each(POOL, (node, [source]) => slide(node, source)),
  ...each(SCORES, scores),
  ...each('QLinearAdd QLinearMul', (_, sources) => broadcast([sources[0], sources[3]])),
  ...each('MatMul MatMulInteger', (_, sources) => multiply(sources[0], sources[1])),
  ...each('QLinearMatMul', (_, sources) => multiply(sources[0], sources[3])),
  ...each('Conv ConvInteger', (node, [source, weights]) => slide(node, source, weights)),
  ...each('QLinearConv', (node, sources) => slide(node, sources[0], sources[3])),
  ...each('GlobalAveragePool GlobalMaxPool', (_, [source]) => source?.dims && sized(pooled(source.dims))),
  ...each('Shape', shapeOf),
  ...each('Size', () => sized([])),
  ...each('Constant', constant),
  ...each('Expand', (_, [source, to]) => (to?.integers ? broadcast([source, sized(to.integers)]) : null)),
  ...each('ConstantOfShape', (_, [shape]) => shape?.integers && sized(shape.integers)),
  ...each(
    'NonZero',
    (_, [source]) => source?.dims && counted(source.count * Math.max(1, source.dims.length)),
  ),
  ...each('Gemm', gemm),
  ...each('GatherElements', (_, [, indices]) => indices && { dims: indices.dims, count: indices.count }),
  ...each('GatherND', (_, [data, indices]) => data && indices && counted(data.count * indices.count)),
  ...each('ArrayFeatureExtractor', extractFeatures),
  ...each('Gather', gather),
  ...each('Reshape', reshape),
  ...each('Flatten', flatten),
  ...each('SpaceToDepth', spaceToDepth),
  ...each('Transpose', transpose),
  ...each('Squeeze Unsqueeze', squeeze),
  ...each('Concat', concat),
  ...each('Pad', pad),
  ...each('Slice', slice),
  ...each('Resize Upsample', resize),
  ...each('Tile', tile),
  ...SAME_TWICE.split(' ').map((name): [string, SizeRule] => [name, twice]),
  ...CLASSIFY.split(' ').map((name): [string, SizeRule] => [name, classify]),
]);

function each(names: string, rule: OneResult): [string, SizeRule][] {
  return names.split(' ').map((name) => [
    name,
    (node, sources) => {
      const size = rule(node, sources);
      return size ? [size] : null;
    },
  ]);
}

/** TensorProto.DataType: what whole numbers stay themselves in, and text, which takes memory of its own. */
const [INT32, INT64, TEXT] = [6, 7, 8];

function cast({ attributes }: GraphNode, [source]: readonly ValueSize[]): ValueSize | null {
  const to = attributes.get('to')?.integer;
  if (!source || to === TEXT) return null;
  const stays = (value: number) => to === INT64 || (to === INT32 && value === (value | 0));
  return { ...source, integers: source.integers?.every(stays) ? source.integers : null };
}

function shapeOf({ attributes }: GraphNode, [source]: readonly ValueSize[]): ValueSize | null {
  if (!source?.dims) return null;
  const dims = source.dims.slice(
    attributes.get('start')?.integer ?? 0,
    attributes.get('end')?.integer ?? undefined,
  );
  return sized([dims.length], dims);
}

function tile(_: GraphNode, [source, times]: readonly ValueSize[]): ValueSize | null {
  const repeats = times?.integers;
  if (!source || !repeats) return null;
  if (source.dims?.length !== repeats.length) return counted(volume([source.count, ...repeats]));
  return sized(source.dims.map((size, i) => size * repeats[i]!));
}

function twice(node: GraphNode, [source]: readonly ValueSize[]): ValueSize[] | null {
  return source ? node.outputs.map(() => ({ dims: source.dims, count: source.count })) : null;
}

function volume(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}

function rows({ dims, count }: ValueSize): number {
  return dims === null ? count : (dims[0] ?? 1);
}

/** Axes from an attribute or input, none of them negative; `null`: not known. */
function axesOf(
  node: GraphNode,
  given: { rank: number; input: ValueSize | undefined },
): readonly number[] | null {
  const axes = given.input ? given.input.integers : node.attributes.get('axes')?.integers;
  return axes?.map((axis) => (axis < 0 ? axis + given.rank : axis)) ?? null;
}

function axisOf({ attributes }: GraphNode, { rank, usual }: { rank: number; usual: number }): number {
  const axis = attributes.get('axis')?.integer ?? usual;
  return axis < 0 ? axis + rank : axis;
}

function reduce(node: GraphNode, [source, input]: readonly ValueSize[]): ValueSize | null {
  if (!source) return null;
  const { dims, count } = source;
  if (dims === null) return counted(count);
  const rank = dims.length;
  const isArg = node.opType.startsWith('Arg');
  const axes = isArg ? [axisOf(node, { rank, usual: 0 })] : axesOf(node, { rank, input });
  const keeps = node.attributes.get('keepdims')?.integer !== 0;
  if (axes === null || axes.length === 0) {
    // All axes, or none where the operator is told so.
    return node.attributes.get('noop_with_empty_axes')?.integer === 1 || input
      ? counted(count)
      : sized(keeps ? dims.map(() => 1) : []);
  }
  const gone = new Set(axes);
  return sized(keeps ? dims.map((size, i) => (gone.has(i) ? 1 : size)) : dims.filter((_, i) => !gone.has(i)));
}

function reshape(_: GraphNode, [source, shape]: readonly ValueSize[]): ValueSize | null {
  if (!source) return null;
  const integers = source.integers ?? null;
  const wanted = shape?.integers;
  if (!wanted) return counted(source.count, integers);
  // 0 keeps a size and -1 takes what is left. Rows can be fewer than was assumed, never more.
  const known = wanted.map((size, i) => (size === 0 ? (source.dims?.[i] ?? -1) : size));
  if (known.filter((size) => size === -1).length > 1) return counted(source.count, integers);
  const rest = volume(known.filter((size) => size !== -1));
  const dims = known.map((size) => (size === -1 ? Math.ceil(source.count / Math.max(1, rest)) : size));
  return sized(dims, integers);
}

function flatten(node: GraphNode, [source]: readonly ValueSize[]): ValueSize | null {
  if (!source?.dims) return source ? counted(source.count) : null;
  const axis = axisOf(node, { rank: source.dims.length, usual: 1 });
  return sized([volume(source.dims.slice(0, axis)), volume(source.dims.slice(axis))]);
}

function spaceToDepth({ attributes }: GraphNode, [source]: readonly ValueSize[]): ValueSize | null {
  const side = attributes.get('blocksize')?.integer ?? 0;
  const [batch, channels, height, width] = source?.dims ?? [];
  if (!(side >= 1) || width === undefined) return null;
  return sized([batch!, channels! * side * side, Math.ceil(height! / side), Math.ceil(width / side)]);
}

function constant({ attributes }: GraphNode): ValueSize | null {
  const [facts, ...others] = [...attributes.values()];
  if (facts === undefined || others.length > 0 || facts.texts.length > 0) return null;
  if (facts.tensor) return { ...sized(facts.tensor.dims, facts.tensor.integers), reals: facts.tensor.reals };
  if (facts.integers.length > 0) return sized([facts.integers.length], facts.integers);
  return facts.integer === null ? sized(facts.count > 0 ? [facts.count] : []) : sized([], [facts.integer]);
}

function multiply(a: ValueSize | undefined, b: ValueSize | undefined): ValueSize | null {
  if (!a || !b) return null;
  if (a.dims === null || b.dims === null) return counted(a.count * b.count);
  const left = a.dims.length === 1 ? [1, ...a.dims] : a.dims;
  const right = b.dims.length === 1 ? [...b.dims, 1] : b.dims;
  const batch = broadcast([sized(left.slice(0, -2)), sized(right.slice(0, -2))]);
  const full = sized([...(batch?.dims ?? []), left.at(-2) ?? 1, right.at(-1) ?? 1]);
  // A vector's axis is taken away again.
  return a.dims.length === 1 || b.dims.length === 1 ? counted(full.count) : full;
}

function gemm({ attributes }: GraphNode, [a, b, c]: readonly ValueSize[]): ValueSize | null {
  if (a?.dims?.length !== 2 || b?.dims?.length !== 2) return a && b ? counted(a.count * b.count) : null;
  const isTurned = (name: string) => (attributes.get(name)?.integer ?? 0) !== 0;
  const size = sized([a.dims[isTurned('transA') ? 1 : 0]!, b.dims[isTurned('transB') ? 0 : 1]!]);
  return broadcast(c ? [size, c] : [size]);
}

function transpose({ attributes }: GraphNode, [source]: readonly ValueSize[]): ValueSize | null {
  if (!source?.dims) return source ? counted(source.count) : null;
  const { dims } = source;
  const order = attributes.get('perm')?.integers ?? [];
  const axes = order.length > 0 ? order : dims.map((_, i) => dims.length - 1 - i);
  const turned = axes.map((axis) => dims[axis]);
  return turned.includes(undefined) ? counted(source.count) : sized(turned as number[]);
}

function squeeze(node: GraphNode, [source, input]: readonly ValueSize[]): ValueSize | null {
  if (!source) return null;
  const { dims, count, integers = null } = source;
  const isSqueeze = node.opType === 'Squeeze';
  const number = (input ? input.integers : node.attributes.get('axes')?.integers)?.length ?? 0;
  const rank = (dims?.length ?? 0) + (isSqueeze ? 0 : number);
  const axes = axesOf(node, { rank, input });
  if (dims === null || axes === null) return counted(count, integers);
  const places = new Set(axes);
  if (isSqueeze)
    return {
      ...sized(
        dims.filter((_, i) => !places.has(i)),
        integers,
      ),
      count,
    };
  const rest = [...dims];
  return sized(
    Array.from({ length: rank }, (_, i) => (places.has(i) ? 1 : (rest.shift() ?? 1))),
    integers,
  );
}

function concat(node: GraphNode, sources: readonly ValueSize[]): ValueSize | null {
  const first = sources[0]?.dims;
  const lists = sources.map(({ dims, integers }) => (dims?.length === 1 ? (integers ?? null) : null));
  const integers = lists.includes(null) ? null : lists.flatMap((values) => values!);
  if (!first || sources.some(({ dims }) => dims?.length !== first.length)) {
    return counted(
      sources.reduce((sum, { count }) => sum + count, 0),
      integers,
    );
  }
  const axis = axisOf(node, { rank: first.length, usual: 0 });
  const along = first.map((_, i) => sources.map(({ dims }) => dims![i]!));
  return sized(
    along.map((sizes, i) => (i === axis ? sizes.reduce((sum, size) => sum + size, 0) : Math.max(...sizes))),
    integers,
  );
}

function gather(node: GraphNode, [data, indices]: readonly ValueSize[]): ValueSize | null {
  if (!data || !indices) return null;
  if (data.dims === null || indices.dims === null) return counted(data.count * indices.count);
  const axis = axisOf(node, { rank: data.dims.length, usual: 0 });
  const found =
    data.dims.length === 1 && data.integers && indices.integers?.map((i) => data.integers?.at(i) ?? null);
  const integers = found && !found.includes(null) ? (found as number[]) : null;
  return sized([...data.dims.slice(0, axis), ...indices.dims, ...data.dims.slice(axis + 1)], integers);
}

function pad(node: GraphNode, [source, pads, , axesInput]: readonly ValueSize[]): ValueSize | null {
  const amounts = pads ? pads.integers : node.attributes.get('pads')?.integers;
  if (!source?.dims || !amounts) return null;
  const dims = [...source.dims];
  const isNamed = axesInput !== undefined && node.inputs[3] !== '';
  const padded = isNamed ? axesInput.integers : dims.map((_, i) => i);
  if (!padded || amounts.length !== 2 * padded.length) return null;
  for (const [i, given] of padded.entries()) {
    const axis = given < 0 ? given + dims.length : given;
    dims[axis] =
      (dims[axis] ?? 0) + Math.max(0, amounts[i] ?? 0) + Math.max(0, amounts[i + padded.length] ?? 0);
  }
  return sized(dims);
}

/** A part is at most as large as the whole; of a list of sizes it is known which part, as Resize asks for it. */
function slice({ attributes }: GraphNode, [source, ...limits]: readonly ValueSize[]): ValueSize | null {
  if (!source) return null;
  const whole = { dims: source.dims, count: source.count };
  const given = (at: number, name: string) => limits[at]?.integers ?? attributes.get(name)?.integers;
  const [starts, ends] = [given(0, 'starts'), given(1, 'ends')];
  const isPlain = limits[2] === undefined || limits[2].integers?.every((axis) => axis === 0);
  if (source.dims?.length !== 1 || !source.integers || limits[3] !== undefined || !isPlain) return whole;
  if (starts?.length !== 1 || ends?.length !== 1) return whole;
  const integers = source.integers.slice(starts[0], ends[0]);
  return integers.length > 0 ? sized([integers.length], integers) : whole;
}

/** What would make a picture of another size than the scales or sizes say. */
const ODD_RESIZE = ['axes', 'keep_aspect_ratio_policy'];

function resize({ opType, inputs, attributes }: GraphNode, sources: readonly ValueSize[]): ValueSize | null {
  const dims = sources[0]?.dims;
  const mode = attributes.get('coordinate_transformation_mode')?.texts[0];
  const crops = mode !== undefined && utf8Text(mode) === 'tf_crop_and_resize';
  if (!dims || crops || ODD_RESIZE.some((name) => attributes.has(name))) return null;
  // Since version 11 there is a region between the picture and the scales.
  const at = opType === 'Upsample' || inputs.length === 2 ? 1 : 2;
  const sizes = inputs[3] ? sources[3]?.integers : null;
  if (sizes) return sizes.length === dims.length ? sized(sizes) : null;
  const scales = sources[at]?.reals;
  if (inputs[3] || scales?.length !== dims.length || !scales.every((scale) => scale > 0)) return null;
  return sized(dims.map((size, i) => Math.ceil(size * scales[i]!)));
}

// Without its kernel a window makes a few rows more than it does: an upper bound.
function slide({ attributes }: GraphNode, source?: ValueSize, weights?: ValueSize): ValueSize | null {
  if (!source?.dims || source.dims.length < 3) return null;
  const isChannelsLast = attributes.get('channels_last')?.integer === 1;
  const spatial = isChannelsLast ? source.dims.slice(1, -1) : source.dims.slice(2);
  const pads = attributes.get('pads')?.integers ?? [];
  const strides = attributes.get('strides')?.integers ?? [];
  const sides = spatial.map((size, i) => {
    const padded = size + Math.max(0, pads[i] ?? 0) + Math.max(0, pads[i + spatial.length] ?? 0);
    return Math.ceil(padded / Math.max(1, strides[i] ?? 1));
  });
  const own = isChannelsLast ? source.dims.at(-1)! : source.dims[1]!;
  const channels = weights === undefined ? own : (weights.dims?.[0] ?? weights.count);
  return sized(
    isChannelsLast ? [source.dims[0]!, ...sides, channels] : [source.dims[0]!, channels, ...sides],
  );
}

function pooled(dims: readonly number[]): number[] {
  return dims.map((size, i) => (i < 2 ? size : 1));
}

// Of a vector, one row is made.
function extractFeatures(_: GraphNode, [data, at]: readonly ValueSize[]): ValueSize | null {
  if (!data || !at) return null;
  return data.dims === null
    ? counted(data.count * at.count)
    : sized([...(data.dims.length > 1 ? data.dims.slice(0, -1) : [1]), at.count]);
}

/** Lists with an entry for each feature or node, not for each result. */
const INNER_LISTS = /^(coefficients|support_vectors|nodes_.*)$/;

// A column for each class or pair of classes, or for as many as an attribute announces.
function scores({ opType, attributes }: GraphNode, [source]: readonly ValueSize[]): ValueSize | null {
  if (!source) return null;
  const lists = [...attributes].filter(([name]) => !INNER_LISTS.test(name));
  const longest = lists.reduce((most, [, { count }]) => Math.max(most, count), 2);
  const classes = attributes.get('vectors_per_class')?.count ?? 0;
  const announced = ['n_targets', 'targets'].map((name) => attributes.get(name)?.integer ?? 0);
  const joined = (attributes.get('inputdimensions')?.integers ?? []).reduce(
    (sum, size) => sum + Math.abs(size),
    0,
  );
  const columns = Math.max(longest, joined, ...announced, opType === 'SVMClassifier' ? classes ** 2 : 0);
  return sized([rows(source), columns]);
}

function classify(node: GraphNode, sources: readonly ValueSize[]): ValueSize[] | null {
  const columns = scores(node, sources);
  return columns && [sized([rows(columns)]), columns];
}
