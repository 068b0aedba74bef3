import type { TensorValue } from '../../core/runtime/runtime.ts';
import { copyConstants } from '../../onnx/copy-constants.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { readModelInfo } from '../../onnx/read-model-info.ts';
import type { ChannelRanges, ChipRanges } from './chip-ranges.ts';
import { openChipNetwork } from './open-chip-network.ts';

/** A network of chips that also gives the ranges that {@link quantizeChipNetwork} asks for. */
export interface ChipCalibration {
  readonly network: Uint8Array;
  /** Outputs float32 [n, channels, 1, 1] of each value: what is largest, and what is largest with the sign turned. */
  readonly outputs: readonly { readonly largest: string; readonly turned: string }[];
}

/**
 * @param bytes - ONNX file of the float network
 * @param size - side of a chip where the file leaves it open
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if there is nothing that can be quantized
 */
export function chipCalibration(bytes: Uint8Array, size?: number): ChipCalibration {
  const { shape, graph, chip } = openChipNetwork(bytes, size);
  const info = readModelInfo(bytes);
  const builder = new GraphBuilder('calibration');
  for (const input of info.inputs) builder.input(input.name, input.type!, input.shape);
  copyConstants(bytes, builder, () => true);
  for (const node of graph.nodes) builder.rawNode(node.bytes);
  const embedding = info.outputs.find(({ name }) => name === shape.output)!;
  builder.output(embedding.name, embedding.type!, embedding.shape);
  const outputs = [chip.entry.name, ...chip.layers.map(({ sums }) => sums)].map((value, i) => {
    const names = { largest: `face-trigger/largest_${i}`, turned: `face-trigger/turned_${i}` };
    builder.node('GlobalMaxPool', [value], {}, { outputs: [names.largest] });
    const negated = builder.node('Neg', [value], {}, { outputs: [`face-trigger/negated_${i}`] });
    builder.node('GlobalMaxPool', [negated], {}, { outputs: [names.turned] });
    for (const name of [names.largest, names.turned])
      builder.output(name, 'float32', ['n', 'channels', 1, 1]);
    return names;
  });
  const { '': opset, ...domains } = Object.fromEntries(info.opsets);
  return { network: builder.toModel({ opset, domains }), outputs };
}

/** Gathers the ranges of run after run. */
export class RangeGatherer {
  readonly #calibration: ChipCalibration;
  readonly #ranges: { readonly least: Float64Array; readonly largest: Float64Array }[] = [];

  constructor(calibration: ChipCalibration) {
    this.#calibration = calibration;
  }

  /** @param found - the outputs of a run of the calibration's network, for any number of chips */
  add(found: Readonly<Record<string, TensorValue>>): void {
    this.#calibration.outputs.forEach(({ largest, turned }, at) => {
      const channels = found[largest]!.dims[1]!;
      this.#ranges[at] ??= {
        least: new Float64Array(channels).fill(Number.POSITIVE_INFINITY),
        largest: new Float64Array(channels).fill(Number.NEGATIVE_INFINITY),
      };
      const range = this.#ranges[at];
      const [highs, lows] = [found[largest]!.data, found[turned]!.data] as [Float32Array, Float32Array];
      for (let i = 0; i < highs.length; i++) {
        const channel = i % channels;
        range.largest[channel] = Math.max(range.largest[channel]!, highs[i]!);
        range.least[channel] = Math.min(range.least[channel]!, -lows[i]!);
      }
    });
  }

  /** @returns with three digits: a range is a guess from some faces */
  ranges(): ChipRanges {
    const short = (values: Float64Array) => [...values].map((value) => Number(value.toPrecision(DIGITS)));
    return this.#ranges.map(
      ({ least, largest }): ChannelRanges => ({ least: short(least), largest: short(largest) }),
    );
  }
}

const DIGITS = 3;
