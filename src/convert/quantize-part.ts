import { FaceTriggerError } from '../core/errors.ts';
import { readChipNetwork } from '../models/chip-network-shape.ts';
import type { EmbedderPart, ModelPart } from '../models/model-pack.ts';
import type { ChipRanges } from './chip/chip-ranges.ts';
import { sha256 } from './convert-model.ts';
import { quantizeChipNetwork } from './quantize-network.ts';

/** A part of a pack with its file. */
export interface EmbedderFile {
  readonly part: EmbedderPart;
  readonly bytes: Uint8Array;
}

/** The adapter whose networks can be quantized here; dlib's are from dlib's own layers. */
const CHIP_NETWORK = 'chip-network';

/** Whether a part is one that {@link quantizePart} takes: a network of chips that computes in floats. */
export function canQuantize({ adapter, precision }: Pick<ModelPart, 'adapter' | 'precision'>): boolean {
  return adapter === CHIP_NETWORK && precision === 'fp32';
}

/**
 * Makes the part that stands beside an embedder's in a pack and computes in bytes.
 *
 * @param ranges - of the network's values on real faces
 * @returns a part of another identity: its embeddings are not those of the float network
 * @throws FaceTriggerError `ERR_MODEL_FORMAT`
 * @remarks The same part, file and ranges give the same.
 */
export function quantizePart({ part, bytes }: EmbedderFile, ranges: ChipRanges): EmbedderFile {
  if (!canQuantize(part)) {
    const message = `${part.id} (adapter "${part.adapter}", ${part.precision}) can't be quantized: only ONNX networks of chips in floats can`;
    throw new FaceTriggerError('ERR_MODEL_FORMAT', message);
  }
  const { facts } = part;
  const { normalization } = facts.input;
  const quantized = quantizeChipNetwork(bytes, ranges, { size: facts.chip.size, normalization });
  // A file that takes the bytes of chips as they are normalizes them itself.
  const takesBytes = readChipNetwork(quantized).type === 'uint8';
  const input = takesBytes ? { ...facts.input, normalization: null } : facts.input;
  const identity = sha256(new TextEncoder().encode(`${part.identity} int8 ${JSON.stringify(ranges)}`));
  return {
    bytes: quantized,
    part: {
      ...part,
      facts: { ...facts, input },
      ...{ id: `${part.id}-int8`, identity, precision: 'int8' },
      ...{ file: nameBeside(part.file), bytes: quantized.length, sha256: sha256(quantized) },
    },
  };
}

function nameBeside(file: string): string {
  return `${file.replace(/\.onnx$/i, '')}-int8.onnx`;
}
