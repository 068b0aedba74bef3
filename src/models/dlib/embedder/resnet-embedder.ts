import { EMBEDDER_FEATURES, EMBEDDER_INPUT, EMBEDDER_OUTPUT } from '../../../convert/convert-embedder.ts';
import type { FaceEmbedder } from '../../../core/embed/face-embedder.ts';
import { expectation, FaceTriggerError, invalidArgument } from '../../../core/errors.ts';
import { assertImage, type Image } from '../../../core/image/image.ts';
import { isKind } from '../../../core/is-kind.ts';
import { loadModel } from '../../../node/models/load-model.ts';
import { type ModelPrecision, precisionOfEmbedder } from '../../../node/models/manifest.ts';
import { OnnxSession, type TensorValue } from '../../../node/runtime/session.ts';
import { addOutput } from '../../../onnx/add-output.ts';
import { readModelInfo } from '../../../onnx/read-model-info.ts';

export interface ResnetEmbedderOptions {
  /** A user's own dlib .dat embedder or one that `models convert` wrote. @defaultValue the package's */
  readonly modelPath?: string | undefined;
  /**
   * 'fp32': native dlib's embeddings. 'int8': twice as fast; as accurate on LFW (docs/accuracy.md), but another
   * embedder, whose embeddings cannot be compared with those in floats. @defaultValue 'fp32'
   */
  readonly precision?: ModelPrecision | undefined;
  /** Threads of one run. @defaultValue the machine's, at most 4; 1 for 'int8' */
  readonly threads?: number | undefined;
  /** Chips that go through the network at once, an integer >= 1. @defaultValue `DEFAULT_BATCH_SIZE` */
  readonly batchSize?: number | undefined;
}

/** What {@link ResnetEmbedder.activations} found inside the network. */
export interface Activations {
  /** [channels, rows, columns] of each chip's activations. */
  readonly dims: readonly number[];
  readonly activations: readonly Float32Array[];
  /** As {@link ResnetEmbedder.features} gives them. */
  readonly features: readonly Float32Array[];
}

/** One face in bytes is done before a second thread is awake (docs/performance.md). */
const INT8_THREADS = 1;

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
  /** Numbers that the network computes with. */
  readonly precision: ModelPrecision;
  readonly #session: OnnxSession;
  readonly #options: ResnetEmbedderOptions;
  readonly #batchSize: number;
  /** Sessions of the same network that also give a value inside it. */
  readonly #inside = new Map<string, Promise<OnnxSession>>();

  private constructor(
    model: { id: string; sha256: string; precision: ModelPrecision },
    shape: Shape,
    session: OnnxSession,
    options: ResnetEmbedderOptions & { readonly batchSize: number },
  ) {
    this.id = model.id;
    this.sha256 = model.sha256;
    this.precision = model.precision;
    this.dimension = shape.dimension;
    this.featureDimension = shape.featureDimension;
    this.chipSize = shape.chipSize;
    this.#session = session;
    this.#options = options;
    this.#batchSize = options.batchSize;
  }

  /** @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH`, `ERR_INVALID_ARGUMENT` */
  static async create(options: ResnetEmbedderOptions = {}): Promise<ResnetEmbedder> {
    const { batchSize = DEFAULT_BATCH_SIZE } = options;
    if (!(Number.isInteger(batchSize) && batchSize >= 1)) {
      throw invalidArgument('an integer >= 1', 'options.batchSize', batchSize);
    }
    const model = await loadModel('embedder', options.modelPath, { precision: options.precision });
    const shape = readShape(model.bytes);
    const precision = options.precision ?? (await precisionOfEmbedder(model.sha256)) ?? 'fp32';
    const threads = options.threads ?? (precision === 'int8' ? INT8_THREADS : undefined);
    const session = await OnnxSession.create(model.bytes, { threads });
    return new ResnetEmbedder({ ...model, precision }, shape, session, { ...options, threads, batchSize });
  }

  async embed(chips: readonly Image[]): Promise<Float32Array[]> {
    const { rows } = await this.#run(this.#session, chips, EMBEDDER_OUTPUT);
    return rows;
  }

  /**
   * The pooled features that the last layer turns into an embedding.
   *
   * @param chips - as for {@link embed}
   * @returns one vector of `featureDimension` numbers for each chip
   */
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

  /**
   * The network's ONNX file, read again.
   *
   * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_MISMATCH` if another file is in its place by now
   */
  async modelBytes(): Promise<Uint8Array> {
    const { bytes, sha256 } = await loadModel('embedder', this.#options.modelPath, {
      precision: this.#options.precision,
    });
    if (sha256 === this.sha256) return bytes;
    throw new FaceTriggerError('ERR_MODEL_MISMATCH', 'The file of the network is no longer the one loaded');
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

  async #open(value: string): Promise<OnnxSession> {
    const shape = ['n', 'channels', 'rows', 'columns'];
    const bytes = addOutput(await this.modelBytes(), { name: value, type: 'float32', shape });
    return OnnxSession.create(bytes, { threads: this.#options.threads });
  }

  async #run(session: OnnxSession, chips: readonly Image[], output: string) {
    for (const chip of chips) this.#assertChip(chip);
    const rows: Float32Array[] = [];
    const features: Float32Array[] = [];
    let dims: readonly number[] = [];
    // Inside the network the features come along; they cost nothing.
    const isInside = output !== EMBEDDER_OUTPUT && output !== EMBEDDER_FEATURES;
    const wanted = isInside ? [output, EMBEDDER_FEATURES] : [output];
    for (let start = 0; start < chips.length; start += this.#batchSize) {
      const batch = chips.slice(start, start + this.#batchSize);
      const shape = [batch.length, this.chipSize, this.chipSize, 3];
      const feeds = { [EMBEDDER_INPUT]: { type: 'uint8' as const, dims: shape, data: this.#pack(batch) } };
      const found = await session.run(feeds, wanted);
      dims = found[output]!.dims;
      rows.push(...this.#split(found[output]!, batch.length, output));
      if (isInside) features.push(...this.#split(found[EMBEDDER_FEATURES]!, batch.length, EMBEDDER_FEATURES));
    }
    return { rows, dims, features };
  }

  #split({ data, dims }: TensorValue, count: number, output: string): Float32Array[] {
    const expected = { [EMBEDDER_OUTPUT]: this.dimension, [EMBEDDER_FEATURES]: this.featureDimension }[
      output
    ];
    const length = expected ?? data.length / count;
    if (!isKind(data, 'Float32Array') || data.length !== count * length || !Number.isInteger(length)) {
      const shape = `float32 [${count}, ${expected ?? '...'}]`;
      throw new FaceTriggerError('ERR_MODEL_FORMAT', expectation(shape, `output "${output}"`, dims));
    }
    return Array.from({ length: count }, (_, i) => data.slice(i * length, (i + 1) * length));
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
