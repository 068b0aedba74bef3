import type { EmbedderProfile } from '../../../core/embed/embedder-profile.ts';
import type { Activations, TrainableEmbedder } from '../../../core/embed/face-embedder.ts';
import { expectation, FaceTriggerError, invalidArgument } from '../../../core/errors.ts';
import { assertImage, type Image } from '../../../core/image/image.ts';
import { isKind } from '../../../core/is-kind.ts';
import type { Runtime, RuntimeSession, TensorValue } from '../../../core/runtime/runtime.ts';
import { addOutput } from '../../../onnx/add-output.ts';
import { readModelInfo } from '../../../onnx/read-model-info.ts';
import { assertParts } from '../../assert-parts.ts';
import { EMBEDDER_FEATURES, EMBEDDER_INPUT, EMBEDDER_OUTPUT } from './embedder-format.ts';

/** The network that a {@link ResnetEmbedder} computes with. */
export interface ResnetModel {
  /** Its dimension and the size of its chips are read from the file. */
  readonly profile: EmbedderProfile;
  /** ONNX file of the network. */
  readonly network: Uint8Array;
  /** Whether it computes in integers: one face is done before a second thread is awake (docs/performance.md). */
  readonly isQuantized: boolean;
  /** Gives the file once more; metric learning looks into it. */
  readonly readAgain: () => Promise<Uint8Array>;
}

export interface ResnetEmbedderOptions {
  readonly runtime: Runtime;
  /** Threads of one run. @defaultValue the runtime's choice; 1 for a quantized network */
  readonly threads?: number | undefined;
  /** Chips that go through the network at once, an integer >= 1. @defaultValue `DEFAULT_BATCH_SIZE` */
  readonly batchSize?: number | undefined;
}

/** Larger batches are no faster and take more memory (docs/performance.md). */
export const DEFAULT_BATCH_SIZE = 16;

/**
 * dlib's face recognition ResNet: upright chips to embeddings, not normalized.
 *
 * @remarks 270.9 million multiply-adds a chip of 150 x 150 pixels. Embeddings are within 1e-5 of native dlib's for the
 * same chip.
 */
export class ResnetEmbedder implements TrainableEmbedder {
  readonly profile: EmbedderProfile;
  readonly featureDimension: number;
  readonly isTrainable: boolean;
  readonly #session: RuntimeSession;
  readonly #readAgain: () => Promise<Uint8Array>;
  readonly #options: ResnetEmbedderOptions & { readonly batchSize: number };
  /** Sessions of the same network that also give a value inside it. */
  readonly #inside = new Map<string, Promise<RuntimeSession>>();

  private constructor(
    model: ResnetModel,
    featureDimension: number,
    session: RuntimeSession,
    options: ResnetEmbedderOptions & { readonly batchSize: number },
  ) {
    this.profile = model.profile;
    this.isTrainable = !model.isQuantized;
    this.featureDimension = featureDimension;
    this.#session = session;
    this.#readAgain = model.readAgain;
    this.#options = options;
  }

  /** @throws FaceTriggerError `ERR_MODEL_FORMAT`, `ERR_INVALID_ARGUMENT` */
  static async create(model: ResnetModel, options: ResnetEmbedderOptions): Promise<ResnetEmbedder> {
    assertParts(model, options, 'openEmbedder');
    const { batchSize = DEFAULT_BATCH_SIZE, runtime } = options;
    if (!(Number.isInteger(batchSize) && batchSize >= 1)) {
      throw invalidArgument('an integer >= 1', 'options.batchSize', batchSize);
    }
    const { chipSize, dimension, featureDimension } = readShape(model.network);
    const { chip } = model.profile;
    const profile = { ...model.profile, dimension, chip: { ...chip, size: chipSize } };
    const threads = options.threads ?? (model.isQuantized ? 1 : undefined);
    const session = await runtime.createSession(model.network, { threads });
    return new ResnetEmbedder({ ...model, profile }, featureDimension, session, {
      ...options,
      threads,
      batchSize,
    });
  }

  async embed(chips: readonly Image[]): Promise<Float32Array[]> {
    const { rows } = await this.#run(this.#session, chips, EMBEDDER_OUTPUT);
    return rows;
  }

  /** The pooled features that the last layer turns into an embedding. */
  async features(chips: readonly Image[]): Promise<Float32Array[]> {
    const { rows } = await this.#run(this.#session, chips, EMBEDDER_FEATURES);
    return rows;
  }

  /**
   * A value inside the network, and the features that come of it.
   *
   * @param chips - as for {@link embed}
   * @param value - name of the value in the network's graph, of the shape [n, channels, rows, columns]
   * @throws FaceTriggerError `ERR_MODEL_FORMAT` if the network has no such value
   * @remarks The first call loads the network once more, with the value as an output. A run costs what {@link embed}
   * costs.
   */
  async activations(chips: readonly Image[], value: string): Promise<Activations> {
    const opening = this.#inside.get(value) ?? this.#open(value);
    this.#inside.set(value, opening);
    const { rows, dims, features } = await this.#run(await opening, chips, value);
    return { dims: dims.slice(1), activations: rows, features };
  }

  async modelBytes(): Promise<Uint8Array> {
    return this.#readAgain();
  }

  async dispose(): Promise<void> {
    await this.#session.dispose();
    for (const opening of this.#inside.values())
      await opening.then(
        (session) => session.dispose(),
        () => {},
      );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #open(value: string): Promise<RuntimeSession> {
    const shape = ['n', 'channels', 'rows', 'columns'];
    const bytes = addOutput(await this.modelBytes(), { name: value, type: 'float32', shape });
    return this.#options.runtime.createSession(bytes, { threads: this.#options.threads });
  }

  async #run(session: RuntimeSession, chips: readonly Image[], output: string) {
    for (const chip of chips) this.#assertChip(chip);
    const rows: Float32Array[] = [];
    const features: Float32Array[] = [];
    let dims: readonly number[] = [];
    // Inside the network the features come along; they cost nothing.
    const isInside = output !== EMBEDDER_OUTPUT && output !== EMBEDDER_FEATURES;
    const wanted = isInside ? [output, EMBEDDER_FEATURES] : [output];
    for (let start = 0; start < chips.length; start += this.#options.batchSize) {
      const batch = chips.slice(start, start + this.#options.batchSize);
      const shape = [batch.length, this.profile.chip.size, this.profile.chip.size, 3];
      const feeds = { [EMBEDDER_INPUT]: { type: 'uint8' as const, dims: shape, data: this.#pack(batch) } };
      const found = await session.run(feeds, wanted);
      dims = found[output]!.dims;
      rows.push(...this.#split(found[output]!, batch.length, output));
      if (isInside) features.push(...this.#split(found[EMBEDDER_FEATURES]!, batch.length, EMBEDDER_FEATURES));
    }
    return { rows, dims, features };
  }

  #split({ data, dims }: TensorValue, count: number, output: string): Float32Array[] {
    const expected = {
      [EMBEDDER_OUTPUT]: this.profile.dimension,
      [EMBEDDER_FEATURES]: this.featureDimension,
    }[output];
    const length = expected ?? data.length / count;
    if (!isKind(data, 'Float32Array') || data.length !== count * length || !Number.isInteger(length)) {
      const shape = `float32 [${count}, ${expected ?? '...'}]`;
      throw new FaceTriggerError('ERR_MODEL_FORMAT', expectation(shape, `output "${output}"`, dims));
    }
    return Array.from({ length: count }, (_, i) => data.slice(i * length, (i + 1) * length));
  }

  #pack(chips: readonly Image[]): Uint8Array {
    const area = this.profile.chip.size * this.profile.chip.size;
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
    if (chip.width === this.profile.chip.size && chip.height === this.profile.chip.size) return;
    const expected = `a chip of ${this.profile.chip.size} x ${this.profile.chip.size} pixels`;
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
