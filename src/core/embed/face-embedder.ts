import type { AlignedFace } from '../align/aligned-face.ts';
import type { Image } from '../image/image.ts';
import type { EmbedderProfile } from './embedder-profile.ts';
import type { EmbeddingRecipe } from './embedding-quality.ts';

/** Turns aligned faces into embeddings. */
export interface FaceEmbedder extends AsyncDisposable {
  readonly profile: EmbedderProfile;
  /**
   * @param chips - upright faces of `profile.chip.size` squared, gray or RGB
   * @returns one embedding for each chip, in order
   * @throws FaceTriggerError `ERR_UNSUPPORTED_OPTION` if one chip is not enough, and there is {@link embedFaces}
   */
  embed(chips: readonly Image[]): Promise<Float32Array[]>;
  /**
   * Embeds faces itself: of an embedder that needs more of a face than one chip, such as one made of two networks.
   *
   * @param faces - aligned with `profile.chip`
   * @returns one embedding for each face, in order
   */
  embedFaces?(faces: readonly AlignedFace[], recipe: EmbeddingRecipe): Promise<Float32Array[]>;
  /** Frees the model. Calling it again does nothing. */
  dispose(): Promise<void>;
}

/** An embedder whose inside can be seen, which metric learning starts from. */
export interface TrainableEmbedder extends FaceEmbedder {
  /** Numbers in a vector of {@link features}. */
  readonly featureDimension: number;
  /** Whether the network computes in floats: quantized numbers have no slope to learn by. */
  readonly isTrainable: boolean;
  /**
   * What the last layer turns into an embedding.
   *
   * @returns one vector of `featureDimension` numbers for each chip
   */
  features(chips: readonly Image[]): Promise<Float32Array[]>;
  /**
   * A value inside the network, and the features that come of it.
   *
   * @param value - its name in the network's graph; of the shape [n, channels, rows, columns]
   * @throws FaceTriggerError `ERR_MODEL_FORMAT` if the network has no such value
   */
  activations(chips: readonly Image[], value: string): Promise<Activations>;
  /** The network's ONNX file. @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_MISMATCH` */
  modelBytes(): Promise<Uint8Array>;
}

/** What {@link TrainableEmbedder.activations} found inside the network. */
export interface Activations {
  /** [channels, rows, columns] of each chip's activations. */
  readonly dims: readonly number[];
  readonly activations: readonly Float32Array[];
  /** As {@link TrainableEmbedder.features} gives them. */
  readonly features: readonly Float32Array[];
}

/** Whether metric learning can start from an embedder. */
export function isTrainable(embedder: FaceEmbedder): embedder is TrainableEmbedder {
  return (embedder as Partial<TrainableEmbedder>).isTrainable === true;
}
