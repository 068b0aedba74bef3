import { expectation, FaceTriggerError } from '../core/errors.ts';
import { copyConstants } from '../onnx/copy-constants.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { readModelInfo } from '../onnx/read-model-info.ts';
import { ByteLayers, type ByteMap } from './chip/byte-layers.ts';
import { type ByteSteps, isSloped, plainSteps, slopeSteps, sumSteps } from './chip/channel-steps.ts';
import type { ChipLayer, ChipLayers, ChipValue } from './chip/chip-layer.ts';
import { type ChannelRanges, type ChipRanges, rangesByName } from './chip/chip-ranges.ts';
import { foldPixels } from './chip/fold-pixels.ts';
import { nodesBehind } from './chip/live-graph.ts';
import { openChipNetwork } from './chip/open-chip-network.ts';
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
 * @returns an ONNX file with the input and the embedding of the float one; what lies behind the last convolution over
 * the whole picture stays in float
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if there is nothing that can be quantized, or the ranges are others'
 * @remarks The same file and ranges give the same bytes.
 */
export function quantizeChipNetwork(
  bytes: Uint8Array,
  ranges: ChipRanges,
  options: {
    readonly size?: number | undefined;
    readonly metadata?: Readonly<Record<string, string>> | undefined;
  } = {},
): Uint8Array {
  const { shape, graph, chip } = openChipNetwork(bytes, options.size);
  const known = rangesByName(chip, ranges);
  const builder = new GraphBuilder('chip-network-int8');
  const info = readModelInfo(bytes);
  for (const input of info.inputs) builder.input(input.name, input.type!, input.shape);
  const before = nodesBehind(graph.nodes, [chip.entry.name]);
  const names = new Set(chip.layers.map(({ output }) => output.name));
  const behind = nodesBehind(graph.nodes, [shape.output], (name) => names.has(name)).filter(
    (node) => !before.includes(node),
  );
  const opset = opsetOf(
    info.opsets.get('') ?? 0,
    [...before, ...behind].map(({ opType }) => opType),
  );
  const used = new Set([...before, ...behind].flatMap(({ inputs }) => inputs));
  copyConstants(bytes, builder, (name) => used.has(name));
  // Channels first, as chips come in, is turned twice otherwise.
  const last = graph.makers.get(chip.entry.name);
  const isTurned = last?.opType === 'Transpose' && last.attributes.get('perm')?.integers.join() === '0,3,1,2';
  for (const node of before) if (!isTurned || node !== last) builder.rawNode(node.bytes);
  const layers = new ByteLayers(builder);
  const pixels = writeEntry(layers, chip.entry, {
    ranges: known.get(chip.entry.name)!,
    turned: isTurned ? last.inputs[0]! : null,
  });
  const folded = foldedFirst(layers, chip, pixels);
  const values = writeLayers(layers, folded.chip, { entry: folded.entry, ranges: known });
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

function writeEntry(
  layers: ByteLayers,
  entry: ChipValue,
  { ranges, turned }: { readonly ranges: ChannelRanges; readonly turned: string | null },
): ByteMap {
  const least = Math.min(0, ...ranges.least);
  const largest = Math.max(0, ...ranges.largest);
  const scale = (largest - least) / 255 || 1;
  const zeroPoint = Math.round(-least / scale);
  const bytes = layers.bytes(turned ?? entry.name, { scale, zeroPoint });
  const name = turned === null ? layers.turn(bytes, [0, 2, 3, 1]) : bytes;
  return { name, zeroPoint, scale, steps: new Float64Array(entry.channels).fill(scale) };
}

/** The first convolution reads blocks of pixels where it is the only one that reads pixels. */
function foldedFirst(
  layers: ByteLayers,
  chip: ChipLayers,
  entry: ByteMap,
): { readonly chip: ChipLayers; readonly entry: ByteMap } {
  const readers = chip.layers.filter((layer) => layer.kind === 'conv' && layer.input === chip.entry.name);
  const [first] = readers;
  const folded = first?.kind === 'conv' && readers.length === 1 ? foldPixels(first, chip.entry) : null;
  if (folded === null) return { chip, entry };
  const name = layers.blocks(entry.name, chip.entry);
  const steps = new Float64Array(4 * chip.entry.channels).fill(entry.scale);
  return {
    chip: { ...chip, layers: chip.layers.map((layer) => (layer === first ? folded : layer)) },
    entry: { ...entry, name, steps },
  };
}

function writeLayers(
  layers: ByteLayers,
  chip: ChipLayers,
  { entry, ranges }: { readonly entry: ByteMap; readonly ranges: ReadonlyMap<string, ChannelRanges> },
): ReadonlyMap<string, ByteMap> {
  const values = new Map([[chip.entry.name, entry]]);
  const shared = sumSteps(chip.layers, ranges);
  for (const layer of chip.layers) {
    const { name } = layer.output;
    values.set(
      name,
      writeLayer(layers, layer, { values, ranges: ranges.get(name)!, shared: shared.get(name) }),
    );
  }
  return values;
}

interface Known {
  readonly values: ReadonlyMap<string, ByteMap>;
  readonly ranges: ChannelRanges;
  readonly shared: ByteSteps | undefined;
}

function writeLayer(layers: ByteLayers, layer: ChipLayer, { values, ranges, shared }: Known): ByteMap {
  const steps = shared ?? plainSteps(ranges, layer);
  if (layer.kind === 'add') {
    const [a, b] = layer.inputs.map((name) => values.get(name)!);
    return layers.add(a!, b!, steps);
  }
  const input = values.get(layer.input)!;
  if (!isSloped(layer)) {
    return layers.conv(input, layer, { steps, turns: new Float64Array(layer.biases.length).fill(1) });
  }
  const { turns, factors, ...own } = slopeSteps(ranges, layer.slopes);
  return layers.slopes(layers.conv(input, layer, { steps: own, turns }), factors);
}
