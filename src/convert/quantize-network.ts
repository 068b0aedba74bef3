import { expectation, FaceTriggerError } from '../core/errors.ts';
import { copyConstants } from '../onnx/copy-constants.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { readModelInfo } from '../onnx/read-model-info.ts';
import type { GraphNode } from '../onnx/read-nodes.ts';
import { ByteLayers, type ByteMap, type SumSteps } from './chip/byte-layers.ts';
import { type ByteSteps, isSloped, plainSteps, slopeSteps, sumSteps } from './chip/channel-steps.ts';
import type { ChipLayer, ChipLayers, ChipValue } from './chip/chip-layer.ts';
import { type ChannelRanges, type ChipRanges, rangesByName } from './chip/chip-ranges.ts';
import { type FoldedConv, foldPixels } from './chip/fold-pixels.ts';
import { nodesBehind } from './chip/live-graph.ts';
import { openChipNetwork } from './chip/open-chip-network.ts';
import { isTurn, onlyReader, type PixelNormalization, rawPixels } from './chip/raw-pixels.ts';
import { readWholePicture } from './chip/whole-picture.ts';
import { BYTE_OPERATORS } from './int8-graph.ts';

/** Since which version of ONNX's operators bytes have what is used here, and which may be written in its place. */
const OPSET = 13;
const OLDEST_OPSET = 9;
/** Operators that other versions than {@link OPSET} take in another way. */
const CHANGED_SINCE = /^(Squeeze|Unsqueeze|ReduceSum|Split|Softmax|LogSoftmax|Hardmax|Upsample|Resize)$/;

/**
 * Turns a network from chips to embeddings into one that computes most of it in bytes: static quantization, a step for
 * each channel of each value, signed weights with a scale for each filter.
 *
 * @param bytes - ONNX file of the float network
 * @param ranges - of its values on real faces, as {@link chipCalibrationGraph} gives them
 * @param options.size - side of a chip where the file leaves it open
 * @param options.normalization - what the bytes of a chip become before they go into the float network; where it can
 * be computed in the first layer, the file takes the bytes themselves, uint8 [n, rows, columns, 3]
 * @returns an ONNX file with the embedding of the float one; what lies behind the last layer of bytes stays in float
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if there is nothing that can be quantized, or the ranges are others'
 * @remarks The same file and ranges give the same bytes.
 */
export function quantizeChipNetwork(
  bytes: Uint8Array,
  ranges: ChipRanges,
  options: {
    readonly size?: number | undefined;
    readonly normalization?: PixelNormalization | null | undefined;
    readonly metadata?: Readonly<Record<string, string>> | undefined;
  } = {},
): Uint8Array {
  const { shape, graph, chip: floats } = openChipNetwork(bytes, options.size);
  const known = rangesByName(floats, ranges);
  const builder = new GraphBuilder('chip-network-int8');
  const info = readModelInfo(bytes);
  const before = nodesBehind(graph.nodes, [floats.entry.name]);
  const names = new Set(floats.layers.map(({ output }) => output.name));
  const after = nodesBehind(graph.nodes, [shape.output], (name) => names.has(name)).filter(
    (node) => !before.includes(node),
  );
  const { normalization } = options;
  const raw =
    normalization === undefined ? null : rawPixels(floats, { before, input: shape.input, normalization });
  const last = floats.layers.at(-1)!.output;
  const whole = readWholePicture(last, { behind: after, graph });
  const behind = after.filter((node) => !whole?.nodes.includes(node));
  const kept = raw ? behind : [...before, ...behind];
  const opset = opsetOf(
    info.opsets.get('') ?? 0,
    kept.map(({ opType }) => opType),
  );
  const used = new Set(kept.flatMap(({ inputs }) => inputs));
  copyConstants(bytes, builder, (name) => used.has(name));
  const layers = new ByteLayers(builder);
  const { entry } = floats;
  if (raw) builder.input(shape.input, 'uint8', [shape.batch ?? 'n', entry.rows, entry.columns, 3]);
  else for (const input of info.inputs) builder.input(input.name, input.type!, input.shape);
  const pixels = raw
    ? { ...raw, name: shape.input, scale: 1 }
    : writeEntry(builder, { entry, layers, before, ranges: known.get(entry.name)! });
  const values = writeLayers(layers, raw?.chip ?? floats, { entry: pixels, ranges: known });
  if (whole) layers.wholePicture(values.get(last.name)!, whole);
  const taken = new Set([shape.output, ...behind.flatMap(({ inputs }) => inputs)]);
  for (const [name, value] of values) if (taken.has(name) && names.has(name)) layers.floats(value, name);
  for (const node of behind) builder.rawNode(node.bytes);
  const output = info.outputs.find(({ name }) => name === shape.output)!;
  builder.output(output.name, output.type!, output.shape);
  const domains = Object.fromEntries([...info.opsets].filter(([domain]) => domain !== ''));
  return builder.toModel({ opset, metadata: options.metadata, domains: { ...domains, [BYTE_OPERATORS]: 1 } });
}

function opsetOf(own: number, kept: readonly string[]): number {
  if (own >= OPSET) return own;
  const odd = kept.find((opType) => CHANGED_SINCE.test(opType));
  if (own >= OLDEST_OPSET && odd === undefined) return OPSET;
  const received = odd === undefined ? String(own) : `${own} with ${odd}`;
  const message = expectation(`a file of opset ${OPSET} or later`, 'the embedder', received);
  throw new FaceTriggerError('ERR_MODEL_FORMAT', message);
}

/** The pixels that go into the first layer, in bytes. */
function writeEntry(
  builder: GraphBuilder,
  {
    entry,
    layers,
    before,
    ranges,
  }: {
    readonly entry: ChipValue;
    readonly layers: ByteLayers;
    readonly before: readonly GraphNode[];
    readonly ranges: ChannelRanges;
  },
): ByteMap {
  // Channels first, as chips come in, is turned twice otherwise.
  const last = before.at(-1);
  const turned = last?.outputs[0] === entry.name && isTurn(last) ? last.inputs[0]! : null;
  for (const node of before) if (turned === null || node !== last) builder.rawNode(node.bytes);
  const least = Math.min(0, ...ranges.least);
  const largest = Math.max(0, ...ranges.largest);
  const scale = (largest - least) / 255 || 1;
  const zeroPoint = Math.round(-least / scale);
  const bytes = layers.bytes(turned ?? entry.name, { scale, zeroPoint });
  const name = turned === null ? layers.turn(bytes, [0, 2, 3, 1]) : bytes;
  return { name, zeroPoint, scale, steps: new Float64Array(entry.channels).fill(scale) };
}

function writeLayers(
  layers: ByteLayers,
  chip: ChipLayers,
  { entry, ranges }: { readonly entry: ByteMap; readonly ranges: ReadonlyMap<string, ChannelRanges> },
): ReadonlyMap<string, ByteMap> {
  const values = new Map([[chip.entry.name, entry]]);
  const shared = sumSteps(chip.layers, ranges);
  const first = onlyReader(chip);
  const folded = first && foldPixels(first, chip.entry);
  for (const layer of chip.layers) {
    const { name } = layer.output;
    const made = { values, ranges: ranges.get(name)!, shared: shared.get(name) };
    values.set(name, writeLayer(layers, layer, { ...made, folded: layer === first ? folded : null }));
  }
  return values;
}

interface Known {
  readonly values: ReadonlyMap<string, ByteMap>;
  readonly ranges: ChannelRanges;
  readonly shared: ByteSteps | undefined;
  /** The same convolution of four pixels at once. */
  readonly folded: FoldedConv | null;
}

function writeLayer(
  layers: ByteLayers,
  layer: ChipLayer,
  { values, ranges, shared, folded }: Known,
): ByteMap {
  const steps = shared ?? plainSteps(ranges, layer);
  if (layer.kind === 'add') {
    const [a, b] = layer.inputs.map((name) => values.get(name)!);
    return layers.add(a!, b!, steps);
  }
  const input = values.get(layer.input)!;
  const conv = (sums: SumSteps) =>
    folded ? layers.foldedConv(input, folded, sums) : layers.conv(input, layer, sums);
  if (!isSloped(layer)) return conv({ steps, turns: new Float64Array(layer.biases.length).fill(1) });
  const { turns, factors, ...own } = slopeSteps(ranges, layer.slopes);
  return layers.slopes(conv({ steps: own, turns }), factors);
}
