import type { Image } from '../image/image.ts';

/** Turns aligned faces into embeddings. */
export interface FaceEmbedder extends AsyncDisposable {
  /** Name of the model; stands in classifiers and galleries. */
  readonly id: string;
  /** SHA-256 of the weights; embeddings of different weights cannot be compared. */
  readonly sha256: string;
  /** Numbers in an embedding. */
  readonly dimension: number;
  /** Side of the chip in pixels. */
  readonly chipSize: number;
  /**
   * @param chips - upright faces of chipSize x chipSize, gray or RGB
   * @returns one embedding for each chip, in order
   */
  embed(chips: readonly Image[]): Promise<Float32Array[]>;
  dispose(): Promise<void>;
}
