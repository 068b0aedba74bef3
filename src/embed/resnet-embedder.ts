import { expectation, FaceTriggerError, invalidArgument } from '../errors.ts';
import { assertImage, type Image } from '../image/image.ts';
import { EMBEDDER_FEATURES, EMBEDDER_INPUT, EMBEDDER_OUTPUT } from '../models/convert-embedder.ts';
import { loadModel } from '../models/load-model.ts';
import type { ModelPrecision } from '../models/manifest.ts';
import { readModelInfo } from '../onnx/read-model-info.ts';
import { OnnxSession } from '../runtime/session.ts';
import type { FaceEmbedder } from './face-embedder.ts';

export interface ResnetEmbedderOptions {
  /** A user's own dlib .dat embedder or one that `models convert` wrote. @defaultValue the package's */
  readonly modelPath?: string | undefined;
  /**
   * 'fp32': native dlib's embeddings. 'int8': twice as fast; as accurate on LFW (docs/accuracy.md), but another
   * embedder, whose embeddings cannot be compared with those in floats. @defaultValue 'fp32'
   */
  readonly precision?: ModelPrecision | undefined;
  /** Threads of one run. @defaultValue the machine's, at most 4 */
  readonly threads?: number | undefined;
  /** Chips that go through the network at once, an integer >= 1. @defaultValue `DEFAULT_BATCH_SIZE` */
  readonly batchSize?: number | undefined;
}

/** Larger batches are no faster and take more memory (docs/performance.md). */
export const DEFAULT_BATCH_SIZE = 16;

/**
 * dlib's face recognition ResNet: 150 x 150 chips to 128-D embeddings, not normalised.
 *
 * @remarks 270.9 million multiply-adds a chip. Embeddings are within 1e-5 of native dlib's for the same chip.
 */
export class ResnetEmbedder implements FaceEmbedder {
  readonly id: string;
  readonly sha256: string;
  readonly dimension: number;
  readonly chipSize: number;
  /** Numbers in a vector of {@link features}. */
  readonly featureDimension: number;
  readonly #session: OnnxSession;
  readonly #batchSize: number;

  private constructor(
    model: { id: string; sha256: string },
    shape: Shape,
    session: OnnxSession,
    batchSize: number,
  ) {
    this.id = model.id;
    this.sha256 = model.sha256;
    this.dimension = shape.dimension;
    this.featureDimension = shape.featureDimension;
    this.chipSize = shape.chipSize;
    this.#session = session;
    this.#batchSize = batchSize;
  }

  /** @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH`, `ERR_INVALID_ARGUMENT` */
  static async create(options: ResnetEmbedderOptions = {}): Promise<ResnetEmbedder> {
    const { batchSize = DEFAULT_BATCH_SIZE } = options;
    if (!(Number.isInteger(batchSize) && batchSize >= 1)) {
      throw invalidArgument('an integer >= 1', 'options.batchSize', batchSize);
    }
    const model = await loadModel('embedder', options.modelPath, { precision: options.precision });
    const shape = readShape(model.bytes);
    const session = await OnnxSession.create(model.bytes, { threads: options.threads });
    return new ResnetEmbedder(model, shape, session, batchSize);
  }

  embed(chips: readonly Image[]): Promise<Float32Array[]> {
    return this.#run(chips, EMBEDDER_OUTPUT, this.dimension);
  }

  /**
   * The pooled features that the last layer turns into an embedding.
   *
   * @param chips - as for {@link embed}
   * @returns one vector of `featureDimension` numbers for each chip
   */
  features(chips: readonly Image[]): Promise<Float32Array[]> {
    return this.#run(chips, EMBEDDER_FEATURES, this.featureDimension);
  }

  async dispose(): Promise<void> {
    await this.#session.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #run(chips: readonly Image[], output: string, length: number): Promise<Float32Array[]> {
    for (const chip of chips) this.#assertChip(chip);
    const vectors: Float32Array[] = [];
    for (let start = 0; start < chips.length; start += this.#batchSize) {
      const batch = chips.slice(start, start + this.#batchSize);
      const dims = [batch.length, this.chipSize, this.chipSize, 3];
      const feeds = { [EMBEDDER_INPUT]: { type: 'uint8' as const, dims, data: this.#pack(batch) } };
      const { data, dims: found } = (await this.#session.run(feeds, [output]))[output]!;
      if (!(data instanceof Float32Array) || data.length !== batch.length * length) {
        const expected = `float32 [${batch.length}, ${length}]`;
        throw new FaceTriggerError('ERR_MODEL_FORMAT', expectation(expected, `output "${output}"`, found));
      }
      for (let i = 0; i < batch.length; i++) vectors.push(data.slice(i * length, (i + 1) * length));
    }
    return vectors;
  }

  #pack(chips: readonly Image[]): Uint8Array {
    const area = this.chipSize * this.chipSize;
    const only = chips.length === 1 ? chips[0]! : null;
    if (only !== null && only.channels === 3) return only.data;
    const packed = new Uint8Array(chips.length * area * 3);
    chips.forEach((chip, index) => {
      const target = index * area * 3;
      if (chip.channels === 3) packed.set(chip.data, target);
      else for (let i = 0; i < area; i++) packed.fill(chip.data[i]!, target + i * 3, target + i * 3 + 3);
    });
    return packed;
  }

  #assertChip(chip: Image): void {
    assertImage(chip, 'chip');
    if (chip.width === this.chipSize && chip.height === this.chipSize) return;
    const expected = `a chip of ${this.chipSize} x ${this.chipSize} pixels`;
    const message = expectation(expected, 'chip', `${chip.width} x ${chip.height}`);
    throw new FaceTriggerError('ERR_SHAPE_MISMATCH', message);
  }
}

interface Shape {
  readonly chipSize: number;
  readonly dimension: number;
  readonly featureDimension: number;
}

function readShape(bytes: Uint8Array): Shape {
  const info = readModelInfo(bytes);
  const [, rows, columns, channels] = info.inputs[0]?.shape ?? [];
  const dimension = info.outputs.find(({ name }) => name === EMBEDDER_OUTPUT)?.shape[1];
  const featureDimension = info.outputs.find(({ name }) => name === EMBEDDER_FEATURES)?.shape[1];
  const isSane =
    typeof rows === 'number' &&
    rows === columns &&
    // What extractFaceChip can cut.
    rows >= 16 &&
    rows <= 4096 &&
    channels === 3 &&
    info.inputs[0]?.type === 'uint8' &&
    typeof dimension === 'number' &&
    typeof featureDimension === 'number';
  if (!isSane) {
    const expected = `an input "${EMBEDDER_INPUT}" uint8 [n, s, s, 3] and outputs "${EMBEDDER_OUTPUT}" [n, d] and "${EMBEDDER_FEATURES}" [n, f]`;
    throw new FaceTriggerError('ERR_MODEL_FORMAT', expectation(expected, 'the embedder model', info.inputs));
  }
  return { chipSize: rows, dimension, featureDimension };
}
