import type { ModelInfo } from '../onnx/read-model-info.ts';
import type { EmbedderPart } from './model-pack.ts';

/** How files of a family become parts of a pack. */
export type Family =
  | { readonly kind: 'detector'; readonly adapter: string }
  | {
      readonly kind: 'embedder';
      readonly adapter: string;
      /** @throws FaceTriggerError `ERR_MODEL_FORMAT` for a file that can't be of the family */
      readonly facts: (info: ModelInfo) => EmbedderPart['facts'];
    };

/** What `models add` can understand, by the names that users give. */
export const FAMILIES: Readonly<Record<string, Family>> = {
  retinaface: { kind: 'detector', adapter: 'retinaface' },
  scrfd: { kind: 'detector', adapter: 'scrfd' },
  ultraface: { kind: 'detector', adapter: 'ultraface' },
  yunet: { kind: 'detector', adapter: 'yunet' },
};
