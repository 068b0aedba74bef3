import { expectation, FaceTriggerError } from '../../core/errors.ts';
import { type ChipNetworkShape, readChipNetwork } from '../../models/chip-network-shape.ts';
import type { ChipLayers } from './chip-layer.ts';
import { type LiveGraph, readLiveGraph } from './live-graph.ts';
import { readChipLayers } from './read-chip-layers.ts';

/** What both the calibration and the quantization read of a file. */
export function openChipNetwork(
  bytes: Uint8Array,
  size?: number,
): { readonly shape: ChipNetworkShape; readonly graph: LiveGraph; readonly chip: ChipLayers } {
  const shape = readChipNetwork(bytes);
  const side = shape.size ?? size;
  if (side === undefined) {
    const message = expectation('the side of a chip, which the file leaves open', 'options.size', size);
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', message);
  }
  const graph = readLiveGraph(bytes, shape.output);
  return { shape, graph, chip: readChipLayers(graph, shape, side) };
}
