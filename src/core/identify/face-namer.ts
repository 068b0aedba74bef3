import type { EmbeddingOptions } from '../embed/embedding-quality.ts';
import type { Identification, IdentifyOptions } from './identification.ts';

/** Says who faces are, by their embeddings. */
export interface FaceNamer {
  /** True once it knows anybody. */
  readonly isTrained: boolean;
  /**
   * @param embeddings - n >= 0 embeddings, each of a face of its own
   * @param options - limits, and how the embeddings were made
   * @returns n identifications; a `null` label is a stranger
   */
  identify(
    embeddings: readonly Float32Array[],
    options?: IdentifyOptions & EmbeddingOptions,
  ): Promise<Identification[]>;
}
