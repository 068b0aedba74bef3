import { type InputForm, networkInput } from '../../core/detect/network-input.ts';
import { networkOutputs } from '../../core/detect/network-outputs.ts';
import { expectation, FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import type { Box } from '../../core/geometry/box.ts';
import { cropImage } from '../../core/image/crop-image.ts';
import { assertImage, type Image } from '../../core/image/image.ts';
import { resizeImage } from '../../core/image/resize-image.ts';
import type { Liveness, LivenessDetector } from '../../core/liveness/liveness-detector.ts';
import type { Runtime, RuntimeSession } from '../../core/runtime/runtime.ts';
import { readPictureNetwork } from '../../onnx/picture-input.ts';
import { MINIFASNET_FACTS } from './minifasnet-facts.ts';
import { surroundingBox } from './surrounding-box.ts';

/** One network of the family. */
export interface MinifasnetModel {
  readonly id: string;
  readonly bytes: Uint8Array;
  /** How many times as wide as the face its crop is; the file doesn't say. */
  readonly cropScale: number;
}

export interface MinifasnetOptions {
  readonly runtime: Runtime;
  readonly threads?: number | undefined;
  /** Least score of a live face, 0 - 1. @defaultValue 0.5 */
  readonly threshold?: number | undefined;
}

interface Network {
  readonly id: string;
  readonly session: RuntimeSession;
  readonly output: string;
  readonly cropScale: number;
}

const FORM: InputForm = { order: 'nchw', colors: 'bgr', mean: [0, 0, 0], deviation: 1 };
const { side: SIDE, classes: CLASSES, live: LIVE, attacks: ATTACKS } = MINIFASNET_FACTS;

/** MiniFASNet, one network or several, whose probabilities are averaged. */
export class MinifasnetLiveness implements LivenessDetector {
  readonly id: string;
  readonly threshold: number;
  readonly #networks: readonly Network[];
  #isDisposed = false;

  private constructor(threshold: number, networks: readonly Network[]) {
    this.id = networks.map(({ id }) => id).join('+');
    this.threshold = threshold;
    this.#networks = networks;
  }

  /** @throws FaceTriggerError `ERR_MODEL_FORMAT` for a file of another shape, `ERR_INVALID_ARGUMENT` */
  static async create(
    models: readonly MinifasnetModel[],
    { runtime, threads, threshold = MINIFASNET_FACTS.threshold }: MinifasnetOptions,
  ): Promise<MinifasnetLiveness> {
    if (models.length === 0) throw invalidArgument('at least one network', 'models', models);
    if (!(threshold >= 0 && threshold <= 1)) {
      throw invalidArgument('a number from 0 to 1', 'options.threshold', threshold);
    }
    const networks: Network[] = [];
    try {
      for (const model of models) {
        const shape = readShape(model);
        networks.push({ ...shape, session: await runtime.createSession(model.bytes, { threads }) });
      }
    } catch (error) {
      await Promise.all(networks.map(({ session }) => session.dispose()));
      throw error;
    }
    return new MinifasnetLiveness(threshold, networks);
  }

  async check(image: Image, box: Box): Promise<Liveness> {
    assertImage(image);
    if (this.#isDisposed) throw new FaceTriggerError('ERR_DISPOSED', 'The liveness detector was disposed of');
    const sums = new Float64Array(CLASSES);
    for (const network of this.#networks) {
      const found = await probabilities(network, image, box);
      for (let i = 0; i < CLASSES; i++) sums[i]! += found[i]! / this.#networks.length;
    }
    const score = Math.min(1, sums[LIVE]!);
    const live = score >= this.threshold;
    const [likeliest] = [...ATTACKS].sort((a, b) => sums[b.class]! - sums[a.class]!);
    return { live, score, attackKind: live ? null : likeliest!.kind };
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    await Promise.all(this.#networks.map(({ session }) => session.dispose()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}

function readShape({ id, bytes, cropScale }: MinifasnetModel): Omit<Network, 'session'> {
  if (!(Number.isFinite(cropScale) && cropScale >= 1)) {
    throw invalidArgument('a number >= 1', `the crop scale of "${id}"`, cropScale);
  }
  const { window, order, outputs } = readPictureNetwork(bytes, 'liveness');
  const [output] = outputs;
  const fits = window?.width === SIDE && window.height === SIDE && order === 'nchw';
  if (!fits || outputs.length !== 1 || output?.shape.at(-1) !== CLASSES) {
    const expected = `an input [1, 3, ${SIDE}, ${SIDE}] and one output [1, ${CLASSES}]`;
    throw new FaceTriggerError(
      'ERR_MODEL_FORMAT',
      expectation(expected, `the liveness model "${id}"`, { window, order, outputs }),
    );
  }
  return { id, output: output.name, cropScale };
}

/** Of each class. */
async function probabilities(network: Network, image: Image, box: Box): Promise<readonly number[]> {
  const { id, session, output, cropScale } = network;
  const crop = cropImage(image, surroundingBox(box, image, cropScale));
  const window = { width: SIDE, height: SIDE };
  const picture = resizeImage(crop, { ...window, shrink: 'triangle' });
  const input = networkInput(picture, window, FORM);
  const [logits] = await networkOutputs(session, input, new Map([[output, CLASSES]]), 'liveness network');
  if (!logits!.every(Number.isFinite)) {
    throw new FaceTriggerError('ERR_RUNTIME', `The liveness network "${id}" gave what is no number`);
  }
  const highest = Math.max(...logits!);
  const odds = Array.from(logits!, (logit) => Math.exp(logit - highest));
  const sum = odds.reduce((total, one) => total + one, 0);
  return odds.map((one) => one / sum);
}
