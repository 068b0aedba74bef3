import type { FaceDetector } from '../../core/detect/face-detector.ts';
import type { FaceEmbedder } from '../../core/embed/face-embedder.ts';
import { invalidArgument } from '../../core/errors.ts';
import type { LandmarkDetector } from '../../core/landmark/landmark-detector.ts';
import type { LivenessDetector } from '../../core/liveness/liveness-detector.ts';
import type { Runtime } from '../../core/runtime/runtime.ts';
import {
  type OpenedPart,
  openDetectorPart,
  openEmbedderPart,
  openLandmarkPart,
  openLivenessParts,
} from '../../models/adapters.ts';
import { loadLivenessParts } from '../../models/load-part.ts';
import type { DetectorPart, EmbedderPart } from '../../models/model-pack.ts';
import type { ModelSource } from '../../models/model-source.ts';
import { NODE_RUNTIME } from '../runtime/session.ts';
import { modelSource } from './folder-source.ts';
import { loadModel, type ModelChoice } from './load-model.ts';

/** How faces are looked for: as native dlib does, or about four times as fast with boxes a few pixels apart. */
export type DetectionMode = 'exact' | 'fast';

export interface RunOptions {
  /** @defaultValue onnxruntime-node */
  readonly runtime?: Runtime | undefined;
  /** Threads of one run. @defaultValue the machine's, at most 4 */
  readonly threads?: number | undefined;
}

export interface OpenDetectorOptions extends Omit<ModelChoice, 'precision'>, RunOptions {
  /**
   * 'exact': native dlib's boxes and scores. 'fast': the same network quantized, on every second level of the pyramid.
   * @defaultValue 'exact'
   */
  readonly mode?: DetectionMode | undefined;
  /**
   * Pixels that go through the network at once, an integer >= 1. Fewer need less memory and give the same answers.
   * @defaultValue 4,000,000
   */
  readonly stripPixels?: number | undefined;
}

/**
 * Opens a face detector: a pack's, or a user's own file.
 *
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH`, `ERR_INVALID_ARGUMENT`
 */
export async function openDetector(options: OpenDetectorOptions = {}): Promise<FaceDetector> {
  const { mode = 'exact', ...rest } = options;
  if (mode !== 'exact' && mode !== 'fast') throw invalidArgument("'exact' or 'fast'", 'options.mode', mode);
  const precision = mode === 'fast' ? 'int8' : 'fp32';
  const model = (await loadModel('detector', { ...rest, precision })) as OpenedPart<DetectorPart>;
  return openDetectorPart(model, withRuntime(rest));
}

/**
 * Opens a landmark detector: a pack's, or a user's own file.
 *
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH`
 */
export async function openLandmarkDetector(
  options: Omit<ModelChoice, 'precision'> & RunOptions = {},
): Promise<LandmarkDetector> {
  return openLandmarkPart(await loadModel('landmarks', options), withRuntime(options));
}

export interface OpenEmbedderOptions extends ModelChoice, RunOptions {
  /** Chips that go through the network at once, an integer >= 1. @defaultValue 16 */
  readonly batchSize?: number | undefined;
}

/**
 * Opens an embedder: a pack's, or a user's own file.
 *
 * @param options.precision - 'int8': twice as fast and as accurate on LFW (docs/accuracy.md), but another embedder,
 * whose embeddings cannot be compared with those of 'fp32'
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH`, `ERR_INVALID_ARGUMENT`
 */
export async function openEmbedder(options: OpenEmbedderOptions = {}): Promise<FaceEmbedder> {
  const model = (await loadModel('embedder', options)) as OpenedPart<EmbedderPart>;
  return openEmbedderPart(model, withRuntime(options));
}

/** Which networks say whether a face is live. */
export interface LivenessChoice {
  /** The pack that has them, by its name, the path of its folder, or what gives it. @defaultValue the pack of the others */
  readonly models?: string | ModelSource | undefined;
  /** Least score of a live face, 0 - 1. @defaultValue the pack's, else the family's (0.5) */
  readonly threshold?: number | undefined;
}

export interface OpenLivenessOptions extends LivenessChoice, RunOptions {
  /** Refuse networks whose license does not allow commercial use, or is not known. @defaultValue false */
  readonly commercial?: boolean | undefined;
}

/**
 * Opens the liveness networks of a pack, which say whether a face is before the camera or shown to it.
 *
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, also where the pack has none; `ERR_MODEL_FORMAT`, `ERR_MODEL_LICENCE`,
 * `ERR_INVALID_ARGUMENT`
 */
export async function openLiveness(options: OpenLivenessOptions = {}): Promise<LivenessDetector> {
  const { models, commercial } = options;
  return openLivenessParts(
    await loadLivenessParts(modelSource(models, { commercial })),
    withRuntime(options),
  );
}

function withRuntime<T extends RunOptions>(options: T): T & { readonly runtime: Runtime } {
  return { ...options, runtime: options.runtime ?? NODE_RUNTIME };
}
