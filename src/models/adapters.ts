import type { FaceDetector } from '../core/detect/face-detector.ts';
import type { FaceEmbedder } from '../core/embed/face-embedder.ts';
import { FaceTriggerError } from '../core/errors.ts';
import type { LandmarkDetector } from '../core/landmark/landmark-detector.ts';
import type { LivenessDetector } from '../core/liveness/liveness-detector.ts';
import type { Runtime } from '../core/runtime/runtime.ts';
import { ChipNetwork } from './chip-network.ts';
import { MmodDetector } from './dlib/detector/mmod-detector.ts';
import { ResnetEmbedder } from './dlib/embedder/resnet-embedder.ts';
import { RegressionTreeLandmarks } from './dlib/landmarks/regression-tree-landmarks.ts';
import { embedderProfileOf } from './embedder-part.ts';
import { FusedEmbedder } from './fused-embedder.ts';
import { fusedWeights } from './fused-facts.ts';
import { openMediapipe } from './mediapipe/mediapipe-detector.ts';
import { MinifasnetLiveness } from './minifasnet/minifasnet-liveness.ts';
import type { DetectorPart, EmbedderPart, LivenessPart, ModelPart } from './model-pack.ts';
import { openRetinaface } from './retinaface/retinaface-detector.ts';
import { openScrfd } from './scrfd/scrfd-detector.ts';
import { openUltraface } from './ultraface/ultraface-detector.ts';
import { openYunet } from './yunet/yunet-detector.ts';

/** A part of a pack with its file, and what to run it with. */
export interface OpenedPart<Part extends ModelPart = ModelPart> {
  readonly part: Part;
  readonly bytes: Uint8Array;
  /** Gives the file once more. */
  readonly readAgain: () => Promise<Uint8Array>;
  /** Gives the file of the same model in integers, where the pack has one. */
  readonly quantized?: (() => Promise<Uint8Array>) | undefined;
  /** The embedders that one is made of, which has no bytes itself. */
  readonly members?: readonly OpenedPart<EmbedderPart>[] | undefined;
}

/** How the adapters run models. */
export interface AdapterOptions {
  readonly runtime: Runtime;
  readonly threads?: number | undefined;
  /** Of a detector that searches in strips. */
  readonly stripPixels?: number | undefined;
  /** Chips that an embedder takes at once. */
  readonly batchSize?: number | undefined;
}

type Open<Port, Part extends ModelPart> = (model: OpenedPart<Part>, options: AdapterOptions) => Promise<Port>;

// What `adapter` of a part can say. A family of models adds its lines here, and nothing else outside its folder.
const DETECTORS: Readonly<Record<string, Open<FaceDetector, DetectorPart>>> = {
  'dlib-mmod': ({ part, bytes, quantized }, options) =>
    MmodDetector.create({ id: part.id, network: bytes, quantized, facts: part.facts }, options),
  mediapipe: ({ part, bytes }, options) => openMediapipe({ profile: profileOf(part), bytes }, options),
  retinaface: ({ part, bytes }, options) =>
    openRetinaface({ profile: profileOf(part), bytes }, { ...options, anchors: 10 }),
  'retinaface-16': ({ part, bytes }, options) =>
    openRetinaface({ profile: profileOf(part), bytes }, { ...options, anchors: 16 }),
  scrfd: ({ part, bytes }, options) => openScrfd({ profile: profileOf(part), bytes }, options),
  ultraface: ({ part, bytes }, options) => openUltraface({ profile: profileOf(part), bytes }, options),
  yunet: ({ part, bytes }, options) => openYunet({ profile: profileOf(part), bytes }, options),
};

/** What a pack says of a detector; the family knows the rest. */
function profileOf({ id, facts }: DetectorPart) {
  return { ...facts, id };
}

const LANDMARK_DETECTORS: Readonly<Record<string, Open<LandmarkDetector, ModelPart>>> = {
  'dlib-trees': async ({ part, bytes }) => RegressionTreeLandmarks.read(bytes, part.id),
};

const EMBEDDERS: Readonly<Record<string, Open<FaceEmbedder, EmbedderPart>>> = {
  'chip-network': ({ part, bytes }, options) =>
    ChipNetwork.create(
      { profile: embedderProfileOf(part), network: bytes, isQuantized: part.precision === 'int8' },
      options,
    ),
  'dlib-resnet': ({ part, bytes, readAgain }, options) =>
    ResnetEmbedder.create(
      {
        profile: embedderProfileOf(part),
        network: bytes,
        isQuantized: part.precision === 'int8',
        readAgain,
      },
      options,
    ),
  fused: async ({ part, members = [] }, options) => {
    const weights = fusedWeights(members.map((member) => member.part));
    const embedders = await Promise.all(members.map((member) => openEmbedderPart(member, options)));
    const weighed = embedders.map((embedder, i) => ({ embedder, weight: weights[i]! }));
    return new FusedEmbedder(embedderProfileOf(part), weighed);
  },
};

/** How a detector of liveness is opened: its networks look at a face side by side. */
type OpenLiveness = (
  models: readonly OpenedPart<LivenessPart>[],
  options: AdapterOptions & { readonly threshold?: number | undefined },
) => Promise<LivenessDetector>;

const LIVENESS_DETECTORS: Readonly<Record<string, OpenLiveness>> = {
  minifasnet: (models, options) => {
    const networks = models.map(({ part: { id, facts }, bytes }) => ({
      id,
      bytes,
      cropScale: facts.cropScale,
    }));
    const threshold =
      options.threshold ?? models.find(({ part }) => part.facts.threshold)?.part.facts.threshold;
    return MinifasnetLiveness.create(networks, { ...options, threshold });
  },
};

/** @throws FaceTriggerError `ERR_MODEL_FORMAT`, also for an adapter that this version does not have */
export async function openDetectorPart(
  model: OpenedPart<DetectorPart>,
  options: AdapterOptions,
): Promise<FaceDetector> {
  return adapterOf(DETECTORS, model.part)(model, options);
}

/** @throws FaceTriggerError `ERR_MODEL_FORMAT` */
export async function openLandmarkPart(
  model: OpenedPart,
  options: AdapterOptions,
): Promise<LandmarkDetector> {
  return adapterOf(LANDMARK_DETECTORS, model.part)(model, options);
}

/** @throws FaceTriggerError `ERR_MODEL_FORMAT` */
export async function openEmbedderPart(
  model: OpenedPart<EmbedderPart>,
  options: AdapterOptions,
): Promise<FaceEmbedder> {
  return adapterOf(EMBEDDERS, model.part)(model, options);
}

/**
 * Opens the liveness networks of a pack as one detector.
 *
 * @param models - at least one
 * @param options.threshold - least score of a live face. @defaultValue the pack's, else the family's
 * @throws FaceTriggerError `ERR_MODEL_FORMAT`, also for networks of several families; `ERR_INVALID_ARGUMENT`
 */
export async function openLivenessParts(
  models: readonly OpenedPart<LivenessPart>[],
  options: AdapterOptions & { readonly threshold?: number | undefined },
): Promise<LivenessDetector> {
  const opens = models.map(({ part }) => adapterOf(LIVENESS_DETECTORS, part));
  if (new Set(opens).size === 1) return opens[0]!(models, options);
  const families = models.map(({ part }) => `"${part.adapter}"`).join(', ');
  const message = `Expected liveness networks of one family but received ${families || 'none'}`;
  throw new FaceTriggerError('ERR_MODEL_FORMAT', message);
}

function adapterOf<T>(adapters: Readonly<Record<string, T>>, { id, kind, adapter }: ModelPart): T {
  const found = Object.hasOwn(adapters, adapter) ? adapters[adapter] : undefined;
  if (found !== undefined) return found;
  const known = Object.keys(adapters).join('", "');
  const message = `The ${kind} "${id}" wants the adapter "${adapter}"; this version has "${known}"`;
  throw new FaceTriggerError('ERR_MODEL_FORMAT', message);
}
