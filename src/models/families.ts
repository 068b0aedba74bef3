import { FaceTriggerError } from '../core/errors.ts';
import { readChipNetwork } from './chip-network-shape.ts';
import { EMBEDDER_FAMILIES, type EmbedderFamily, embedderFacts } from './embedder-families.ts';
import { cropScaleOf } from './minifasnet/crop-scale.ts';
import type { EmbedderPart, LivenessPart } from './model-pack.ts';

/** How files of a family become parts of a pack. */
export type Family =
  | { readonly kind: 'detector'; readonly adapter: string }
  | {
      readonly kind: 'embedder';
      readonly adapter: string;
      /** @throws FaceTriggerError `ERR_MODEL_FORMAT` for a file that can't be of the family */
      readonly facts: (network: Uint8Array) => EmbedderPart['facts'];
    }
  | {
      readonly kind: 'liveness';
      readonly adapter: string;
      /** @returns null where the file does not say how much around a face it is to be shown */
      readonly facts: (file: {
        readonly name: string;
        readonly bytes: Uint8Array;
      }) => { readonly facts: LivenessPart['facts']; readonly because: string } | null;
    };

/** What `models add` can understand, by the names that users give. */
export const FAMILIES: Readonly<Record<string, Family>> = {
  mediapipe: { kind: 'detector', adapter: 'mediapipe' },
  minifasnet: {
    kind: 'liveness',
    adapter: 'minifasnet',
    facts(file) {
      const crop = cropScaleOf(file);
      return crop && { facts: { cropScale: crop.scale }, because: crop.because };
    },
  },
  retinaface: { kind: 'detector', adapter: 'retinaface' },
  scrfd: { kind: 'detector', adapter: 'scrfd' },
  ultraface: { kind: 'detector', adapter: 'ultraface' },
  yunet: { kind: 'detector', adapter: 'yunet' },
  ...Object.fromEntries(
    Object.entries(EMBEDDER_FAMILIES).map(([name, family]) => [name, chipFamily(family)]),
  ),
};

function chipFamily(family: EmbedderFamily): Family {
  return {
    kind: 'embedder',
    adapter: 'chip-network',
    facts(network) {
      const { size, dimension, normalizes } = readChipNetwork(network);
      if (size === null || dimension === null) {
        const message = 'The file of the embedder leaves the size of its chips or of its embeddings open';
        throw new FaceTriggerError('ERR_MODEL_FORMAT', message);
      }
      return embedderFacts(family, { size, dimension, normalizes });
    },
  };
}
