import { createHash } from 'node:crypto';
import type { EmbedderProfile } from '../../core/embed/embedder-profile.ts';
import { type FaceEmbedder, isTrainable, type TrainableEmbedder } from '../../core/embed/face-embedder.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import type { Image } from '../../core/image/image.ts';
import type { Runtime, RuntimeSession } from '../../core/runtime/runtime.ts';
import { NODE_RUNTIME } from '../../node/runtime/session.ts';
import { HEAD_TENSORS, type HeadFacts, inspectHead } from './head-file.ts';
import { readLastBlocks } from './read-last-blocks.ts';

/** Faces that go through the head at once. */
const BATCH_SIZE = 256;

/**
 * A network with a learned end in place of its last layer, or of its last blocks and that.
 *
 * @remarks It is an embedder of its own: its id and hash differ from the network's, so that classifiers and
 * galleries of one are never used with the other. Embeddings all have the length `facts.scale`.
 */
export class HeadEmbedder implements FaceEmbedder {
  readonly profile: EmbedderProfile;
  /** How the head came about. */
  readonly facts: HeadFacts;
  /** The head's file. */
  readonly bytes: Uint8Array;
  readonly #backbone: TrainableEmbedder;
  readonly #session: RuntimeSession;
  /** The value in the network's graph that the head takes; `null`: the features. */
  readonly #takes: string | null;

  private constructor(
    backbone: TrainableEmbedder,
    head: { readonly bytes: Uint8Array; readonly facts: HeadFacts; readonly takes: string | null },
    session: RuntimeSession,
  ) {
    // The file names its network's hash, so that its own hash stands for both.
    const sha256 = createHash('sha256').update(head.bytes).digest('hex');
    this.profile = {
      ...backbone.profile,
      id: `${backbone.profile.id}+head-${sha256.slice(0, 12)}`,
      sha256,
      dimension: head.facts.dimension,
      // The mean of a head's embeddings is shorter than each of them.
      lengthRule: { length: head.facts.scale, applies: 'always' },
    };
    this.facts = head.facts;
    this.bytes = head.bytes;
    this.#backbone = backbone;
    this.#takes = head.takes;
    this.#session = session;
  }

  /**
   * @param backbone - stays the caller's to dispose
   * @param bytes - a head file
   * @throws FaceTriggerError `ERR_MODEL_FORMAT`, or `ERR_MODEL_MISMATCH` if the head was learned on another network
   */
  static async create(
    backbone: FaceEmbedder,
    bytes: Uint8Array,
    runtime: Runtime = NODE_RUNTIME,
  ): Promise<HeadEmbedder> {
    const facts = inspectHead(bytes);
    const { id, sha256 } = backbone.profile;
    const fits =
      isTrainable(backbone) && (facts.blocks > 0 || facts.inputShape[0] === backbone.featureDimension);
    if (facts.backbone.sha256 !== sha256 || !fits) {
      throw new FaceTriggerError(
        'ERR_MODEL_MISMATCH',
        `The embedding head was learned on ${facts.backbone.id} (${facts.backbone.sha256.slice(0, 12)}), ` +
          `not on ${id} (${sha256.slice(0, 12)})`,
      );
    }
    const takes = facts.blocks === 0 ? null : await inputOfBlocks(backbone, facts.blocks);
    const session = await runtime.createSession(bytes, { threads: 1 });
    return new HeadEmbedder(backbone, { bytes, facts, takes }, session);
  }

  async embed(chips: readonly Image[]): Promise<Float32Array[]> {
    if (this.#takes === null) return this.fromInputs(await this.#backbone.features(chips));
    return this.fromInputs((await this.#backbone.activations(chips, this.#takes)).activations);
  }

  /**
   * The head alone.
   *
   * @param inputs - of each face, of the shape `facts.inputShape`: the network's features, or its activations before
   * the blocks that the head replaces
   */
  async fromInputs(inputs: readonly Float32Array[]): Promise<Float32Array[]> {
    const { blocks, inputShape } = this.facts;
    const length = inputShape.reduce((product, size) => product * size, 1);
    const { dimension } = this.profile;
    const name = blocks > 0 ? HEAD_TENSORS.activations : HEAD_TENSORS.features;
    const embeddings: Float32Array[] = [];
    for (let start = 0; start < inputs.length; start += BATCH_SIZE) {
      const batch = inputs.slice(start, start + BATCH_SIZE);
      const data = new Float32Array(batch.length * length);
      for (const [i, row] of batch.entries()) data.set(row, i * length);
      const feeds = { [name]: { type: 'float32' as const, dims: [batch.length, ...inputShape], data } };
      const output = await this.#session.run(feeds, [HEAD_TENSORS.embeddings]);
      const found = output[HEAD_TENSORS.embeddings]!.data as Float32Array;
      for (let i = 0; i < batch.length; i++) {
        embeddings.push(found.slice(i * dimension, (i + 1) * dimension));
      }
    }
    return embeddings;
  }

  /** Frees the head; the network is left alone. */
  async dispose(): Promise<void> {
    await this.#session.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}

async function inputOfBlocks(backbone: TrainableEmbedder, count: number): Promise<string> {
  return readLastBlocks(await backbone.modelBytes(), { count }).input;
}
