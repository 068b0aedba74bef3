import { expectation, FaceTriggerError } from '../../core/errors.ts';
import type { ChipLayers } from './chip-layer.ts';

/** Least and largest number of each channel of a value on real faces. */
export interface ChannelRanges {
  readonly least: readonly number[];
  readonly largest: readonly number[];
}

/** Ranges of what goes into a network of chips, then of the sums of each layer, in their order. */
export type ChipRanges = readonly ChannelRanges[];

/**
 * Assigns ranges to the values that they were measured on.
 *
 * @returns by the name of a layer's result; the entry's by its own
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if they are not those of this network
 */
export function rangesByName({ entry, layers }: ChipLayers, ranges: ChipRanges): Map<string, ChannelRanges> {
  const values = [entry, ...layers.map(({ output }) => output)];
  const fits = ({ least, largest }: ChannelRanges, i: number) =>
    least.length === values[i]?.channels &&
    largest.length === least.length &&
    least.every((value, c) => Number.isFinite(value) && value <= largest[c]!);
  if (ranges.length !== values.length || !ranges.every(fits)) {
    const expected = `ranges of ${values.length} values with as many channels as the network's have`;
    throw new FaceTriggerError(
      'ERR_MODEL_FORMAT',
      expectation(expected, 'the ranges', `${ranges.length} of other networks or of no number`),
    );
  }
  return new Map(values.map(({ name }, i) => [name, ranges[i]!]));
}
