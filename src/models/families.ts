import { FaceTriggerError } from '../core/errors.ts';
import { readChipNetwork } from './chip-network-shape.ts';
import { EMBEDDER_FAMILIES, type EmbedderFamily, embedderFacts } from './embedder-families.ts';
import type { EmbedderPart } from './model-pack.ts';

/** How files of a family become parts of a pack. */
export type Family =
  | { readonly kind: 'detector'; readonly adapter: string }
  | {
      readonly kind: 'embedder';
      readonly adapter: string;
      /** @throws FaceTriggerError `ERR_MODEL_FORMAT` for a file that can't be of the family */
      readonly facts: (network: Uint8Array) => EmbedderPart['facts'];
    };

/** What `models add` can understand, by the names that users give. */
export const FAMILIES: Readonly<Record<string, Family>> = {
  mediapipe: { kind: 'detector', adapter: 'mediapipe' },
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
