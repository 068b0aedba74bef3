import { createHash } from 'node:crypto';
import type { FaceEmbedder } from '../embed/face-embedder.ts';
import type { ResnetEmbedder } from '../embed/resnet-embedder.ts';
import { FaceTriggerError } from '../errors.ts';
import type { Image } from '../image/image.ts';
import { OnnxSession } from '../runtime/session.ts';
import { HEAD_TENSORS, type HeadFacts, inspectHead } from './head-file.ts';

/**
 * A network with a learnt head in place of its last layer.
 *
 * @remarks It is an embedder of its own: its id and hash differ from the network's, so that classifiers and
 * galleries of one are never used with the other. Embeddings all have the length `facts.scale`.
 */
export class HeadEmbedder implements FaceEmbedder {
  readonly id: string;
  readonly sha256: string;
  readonly dimension: number;
  readonly chipSize: number;
  /** The length of every embedding. */
  readonly evenLength: number;
  /** How the head came about. */
  readonly facts: HeadFacts;
  /** The head's file. */
  readonly bytes: Uint8Array;
  readonly #backbone: ResnetEmbedder;
  readonly #session: OnnxSession;

  private constructor(
    backbone: ResnetEmbedder,
    head: { readonly bytes: Uint8Array; readonly facts: HeadFacts },
    session: OnnxSession,
  ) {
    // The file names its network's hash, so that its own hash stands for both.
    this.sha256 = createHash('sha256').update(head.bytes).digest('hex');
    this.id = `${backbone.id}+head-${this.sha256.slice(0, 12)}`;
    this.dimension = head.facts.dimension;
    this.chipSize = backbone.chipSize;
    this.evenLength = head.facts.scale;
    this.facts = head.facts;
    this.bytes = head.bytes;
    this.#backbone = backbone;
    this.#session = session;
  }

  /**
   * @param backbone - stays the caller's to dispose
   * @param bytes - a head file
   * @throws FaceTriggerError `ERR_MODEL_FORMAT`, or `ERR_MODEL_MISMATCH` if the head was learnt on another network
   */
  static async create(backbone: ResnetEmbedder, bytes: Uint8Array): Promise<HeadEmbedder> {
    const facts = inspectHead(bytes);
    if (facts.backbone.sha256 !== backbone.sha256 || facts.inputs !== backbone.featureDimension) {
      throw new FaceTriggerError(
        'ERR_MODEL_MISMATCH',
        `The embedding head was learnt on ${facts.backbone.id} (${facts.backbone.sha256.slice(0, 12)}), ` +
          `not on ${backbone.id} (${backbone.sha256.slice(0, 12)})`,
      );
    }
    const session = await OnnxSession.create(bytes, { threads: 1 });
    return new HeadEmbedder(backbone, { bytes, facts }, session);
  }

  async embed(chips: readonly Image[]): Promise<Float32Array[]> {
    return this.fromFeatures(await this.#backbone.features(chips));
  }

  /**
   * The head alone.
   *
   * @param features - of the network, as `ResnetEmbedder.features` gives them
   */
  async fromFeatures(features: readonly Float32Array[]): Promise<Float32Array[]> {
    if (features.length === 0) return [];
    const { inputs } = this.facts;
    const packed = new Float32Array(features.length * inputs);
    for (const [i, row] of features.entries()) packed.set(row, i * inputs);
    const feeds = {
      [HEAD_TENSORS.features]: { type: 'float32' as const, dims: [features.length, inputs], data: packed },
    };
    const output = await this.#session.run(feeds, [HEAD_TENSORS.embeddings]);
    const data = output[HEAD_TENSORS.embeddings]!.data as Float32Array;
    return features.map((_, i) => data.slice(i * this.dimension, (i + 1) * this.dimension));
  }

  /** Frees the head; the network is left alone. */
  async dispose(): Promise<void> {
    await this.#session.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}
