import type { EmbedderProfile } from '../core/embed/embedder-profile.ts';
import type { FaceEmbedder } from '../core/embed/face-embedder.ts';
import { expectation, FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { assertImage, type Image } from '../core/image/image.ts';
import { isKind } from '../core/is-kind.ts';
import type { Runtime, RuntimeSession, TensorValue } from '../core/runtime/runtime.ts';
import { type ChipNetworkShape, readChipNetwork } from './chip-network-shape.ts';

/** A network that takes chips alone, and all that is known of it. */
export interface ChipNetworkModel {
  /** Its dimension and the size of its chips must be those of the file. */
  readonly profile: EmbedderProfile;
  /** ONNX file of the network. */
  readonly network: Uint8Array;
  /** Whether it computes in integers: one face is done before a second thread is awake. */
  readonly isQuantized?: boolean | undefined;
}

export interface ChipNetworkOptions {
  readonly runtime: Runtime;
  /** Threads of one run. @defaultValue the runtime's choice; 1 for a quantized network */
  readonly threads?: number | undefined;
  /** Chips that go through the network at once, an integer >= 1, where the file leaves that open. @defaultValue 16 */
  readonly batchSize?: number | undefined;
}

const DEFAULT_BATCH_SIZE = 16;

/**
 * Any network from a chip to an embedding: ArcFace, SFace, AdaFace, FaceNet, MobileFaceNet and their kin.
 *
 * @remarks Order of the colors and their normalization come from the profile; rows first or channels first, floats or
 * bytes, and how many chips go in at once are read from the file.
 */
export class ChipNetwork implements FaceEmbedder {
  readonly profile: EmbedderProfile;
  readonly #session: RuntimeSession;
  readonly #shape: ChipNetworkShape;
  readonly #batchSize: number;
  /** What each byte of a channel becomes, red, green and blue in the network's order. */
  readonly #values: readonly Float32Array[];

  private constructor(
    profile: EmbedderProfile,
    session: RuntimeSession,
    options: { readonly shape: ChipNetworkShape; readonly batchSize: number },
  ) {
    this.profile = profile;
    this.#session = session;
    this.#shape = options.shape;
    this.#batchSize = options.shape.batch ?? options.batchSize;
    this.#values = [0, 1, 2].map((channel) => valuesOf(profile, channel));
  }

  /**
   * @throws FaceTriggerError `ERR_MODEL_FORMAT` for a file that takes no chips, `ERR_MODEL_MISMATCH` for one of another
   * size or dimension than the profile says, `ERR_INVALID_ARGUMENT`
   */
  static async create(
    { profile, network, isQuantized = false }: ChipNetworkModel,
    options: ChipNetworkOptions,
  ): Promise<ChipNetwork> {
    const { batchSize = DEFAULT_BATCH_SIZE, runtime } = options;
    if (!(Number.isInteger(batchSize) && batchSize >= 1)) {
      throw invalidArgument('an integer >= 1', 'options.batchSize', batchSize);
    }
    const shape = readChipNetwork(network);
    assertFits(profile, shape);
    const threads = options.threads ?? (isQuantized ? 1 : undefined);
    const session = await runtime.createSession(network, { threads });
    return new ChipNetwork(profile, session, { shape, batchSize });
  }

  async embed(chips: readonly Image[]): Promise<Float32Array[]> {
    for (const chip of chips) this.#assertChip(chip);
    const rows: Float32Array[] = [];
    for (let start = 0; start < chips.length; start += this.#batchSize) {
      rows.push(...(await this.#run(chips.slice(start, start + this.#batchSize))));
    }
    return rows;
  }

  async dispose(): Promise<void> {
    await this.#session.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #run(chips: readonly Image[]): Promise<Float32Array[]> {
    const { input, output } = this.#shape;
    const feed = this.#pack(chips);
    const found = (await this.#session.run({ [input]: feed }, [output]))[output];
    const count = feed.dims[0]!;
    const { dimension } = this.profile;
    if (!found || !isKind(found.data, 'Float32Array') || found.data.length !== count * dimension) {
      const message = expectation(`float32 [${count}, ${dimension}]`, `output "${output}"`, found?.dims);
      throw new FaceTriggerError('ERR_MODEL_FORMAT', message);
    }
    const { data } = found;
    return chips.map((_, i) => data.slice(i * dimension, (i + 1) * dimension));
  }

  /** A file for a fixed number of chips gets black ones beside those that there are. */
  #pack(chips: readonly Image[]): TensorValue {
    const { isPlanar, type } = this.#shape;
    const { size } = this.profile.chip;
    const area = size * size;
    const count = this.#shape.batch ?? chips.length;
    if (this.#takesChipsAsTheyAre(chips)) {
      const dims = [count, size, size, 3];
      const [only] = chips;
      if (count === 1 && only) return { type, dims, data: only.data };
      const packed = new Uint8Array(count * area * 3);
      for (const [index, chip] of chips.entries()) packed.set(chip.data, index * area * 3);
      return { type, dims, data: packed };
    }
    const data = type === 'uint8' ? new Uint8Array(count * area * 3) : new Float32Array(count * area * 3);
    const isReversed = this.profile.input.colors === 'bgr';
    const [step, stride] = isPlanar ? [1, area] : [3, 1];
    chips.forEach((chip, index) => {
      for (let channel = 0; channel < 3; channel++) {
        const values = this.#values[channel]!;
        const from = chip.channels === 1 ? 0 : isReversed ? 2 - channel : channel;
        let target = index * area * 3 + channel * stride;
        for (let i = from; i < chip.data.length; i += chip.channels, target += step) {
          data[target] = values[chip.data[i]!]!;
        }
      }
    });
    const dims = isPlanar ? [count, 3, size, size] : [count, size, size, 3];
    return { type, dims, data };
  }

  #takesChipsAsTheyAre(chips: readonly Image[]): boolean {
    const { type, isPlanar } = this.#shape;
    const isRgb = this.profile.input.colors === 'rgb' && chips.every(({ channels }) => channels === 3);
    return type === 'uint8' && !isPlanar && isRgb;
  }

  #assertChip(chip: Image): void {
    assertImage(chip, 'chip');
    const { size } = this.profile.chip;
    if (chip.width === size && chip.height === size) return;
    const message = expectation(
      `a chip of ${size} x ${size} pixels`,
      'chip',
      `${chip.width} x ${chip.height}`,
    );
    throw new FaceTriggerError('ERR_SHAPE_MISMATCH', message);
  }
}

function valuesOf({ input: { normalization } }: EmbedderProfile, channel: number): Float32Array {
  if (normalization === null) return Float32Array.from({ length: 256 }, (_, value) => value);
  const { mean, deviation } = normalization;
  // One number stands for all colors.
  const at = (numbers: readonly number[]) => numbers[numbers.length === 1 ? 0 : channel]!;
  return Float32Array.from({ length: 256 }, (_, value) => (value - at(mean)) / at(deviation));
}

function assertFits(profile: EmbedderProfile, shape: ChipNetworkShape): void {
  const { id, chip, dimension, input } = profile;
  const mismatch = (expected: string, received: string) =>
    new FaceTriggerError('ERR_MODEL_MISMATCH', expectation(expected, `the file of "${id}"`, received));
  if (shape.size !== null && shape.size !== chip.size) {
    throw mismatch(`a network for chips of ${chip.size} pixels`, `one for ${shape.size}`);
  }
  if (shape.dimension !== null && shape.dimension !== dimension) {
    throw mismatch(`embeddings of ${dimension} numbers`, `${shape.dimension}`);
  }
  const { normalization } = input;
  if (normalization === null) return;
  const counts = [normalization.mean.length, normalization.deviation.length];
  if (counts.some((count) => count !== 1 && count !== 3)) {
    throw mismatch('one or three numbers of normalization', counts.join(' and '));
  }
  if (shape.type === 'uint8') throw mismatch('a network that takes floats, which are normalized', 'bytes');
}
