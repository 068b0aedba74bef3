import type { FaceDetector } from '../core/detect/face-detector.ts';
import { invalidArgument } from '../core/errors.ts';
import type { LandmarkDetector } from '../core/landmark/landmark-detector.ts';
import type { LivenessDetector } from '../core/liveness/liveness-detector.ts';
import { assertPort } from '../core/options/assert-port.ts';
import { FaceFinder as CoreFaceFinder } from '../core/pipeline/face-finder.ts';
import type { Runtime } from '../core/runtime/runtime.ts';
import type { ModelKind, ModelPrecision } from '../models/model-pack.ts';
import type { ModelSource } from '../models/model-source.ts';
import { modelSource } from '../node/models/folder-source.ts';
import {
  type DetectionMode,
  type LivenessChoice,
  openDetector,
  openLandmarkDetector,
  openLiveness,
} from '../node/models/open-models.ts';

export interface FaceFinderOptions {
  /** A pack of models, by its name, the path of its folder, or what gives it. @defaultValue `dlib` */
  readonly models?: string | ModelSource | undefined;
  /** Paths of a user's own models. @defaultValue the pack's */
  readonly detectorModelPath?: string | undefined;
  readonly landmarkModelPath?: string | undefined;
  /** Refuse models whose license does not allow commercial use, or is not known. @defaultValue false */
  readonly commercial?: boolean | undefined;
  /** 'exact': native dlib's boxes. 'fast': about four times as fast, boxes a few pixels apart. @defaultValue 'exact' */
  readonly detection?: DetectionMode | undefined;
  /** A detector of the caller's, which the finder disposes of. @defaultValue the pack's */
  readonly detector?: FaceDetector | undefined;
  /** A landmark detector of the caller's; `null`: the detector gives landmarks. @defaultValue the pack's */
  readonly landmarkDetector?: LandmarkDetector | null | undefined;
  /**
   * Say of each face whether it is live: true for the networks of the same pack, a choice of another pack or threshold,
   * or a detector of the caller's, which the finder disposes of. @defaultValue false
   */
  readonly liveness?: boolean | LivenessChoice | LivenessDetector | undefined;
  /** Runs the models. @defaultValue onnxruntime-node */
  readonly runtime?: Runtime | undefined;
  /** Threads of one run. @defaultValue the machine's, at most 4 */
  readonly threads?: number | undefined;
}

/** Finds faces and their landmarks, without embedding or naming them; starts faster than a FacePipeline. */
export class FaceFinder extends CoreFaceFinder {
  /**
   * Opens the models.
   *
   * @param layouts - names of the layouts of landmarks that are of use. @defaultValue the landmark model's
   * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH`, `ERR_MODEL_LICENCE`
   */
  static async create(options: FaceFinderOptions = {}, layouts?: readonly string[]): Promise<FaceFinder> {
    const { models, detectorModelPath, landmarkModelPath, detection, runtime, threads, commercial } = options;
    assertOwnParts(options);
    const source = modelSource(models);
    const shared = { models: source, runtime, threads, commercial };
    const landmarkDetector =
      options.landmarkDetector === undefined &&
      (landmarkModelPath !== undefined || (await hasPart(source, 'landmarks', 'fp32')))
        ? await openLandmarkDetector({ ...shared, modelPath: landmarkModelPath })
        : (options.landmarkDetector ?? null);
    // Neither a caller's own detector nor a user's own model has a fast version, nor has every pack.
    const isPacked = options.detector === undefined && detectorModelPath === undefined;
    const hasFast = isPacked && (await hasPart(source, 'detector', 'int8'));
    const mode = isPacked && detection === 'fast' && !hasFast ? 'exact' : detection;
    const detector =
      options.detector ?? (await openDetector({ ...shared, modelPath: detectorModelPath, mode }));
    const openGlancer = hasFast && mode !== 'fast' ? () => openDetector({ ...shared, mode: 'fast' }) : null;
    let liveness: LivenessDetector | null = null;
    try {
      liveness = await livenessOf(options.liveness, shared);
      return new FaceFinder({ detector, landmarkDetector, openGlancer, layouts, liveness });
    } catch (error) {
      if (options.detector === undefined) await detector.dispose();
      if (liveness !== options.liveness) await liveness?.dispose();
      throw error;
    }
  }
}

function assertOwnParts({ detector, landmarkDetector, runtime, liveness }: FaceFinderOptions): void {
  const facts = ['profile'];
  if (detector !== undefined) {
    const methods = ['detect', 'detectLargest', 'dispose'];
    assertPort(detector, 'options.detector', { port: 'a FaceDetector', methods, facts });
  }
  if (landmarkDetector !== undefined && landmarkDetector !== null) {
    const methods = ['detect', 'locate'];
    assertPort(landmarkDetector, 'options.landmarkDetector', { port: 'a LandmarkDetector', methods, facts });
  }
  if (runtime !== undefined) {
    assertPort(runtime, 'options.runtime', { port: 'a Runtime', methods: ['createSession'] });
  }
  if (isLivenessDetector(liveness)) {
    assertPort(liveness, 'options.liveness', { port: 'a LivenessDetector', methods: ['check', 'dispose'] });
  } else if (liveness === null || !['boolean', 'object', 'undefined'].includes(typeof liveness)) {
    throw invalidArgument('a boolean, a LivenessChoice or a LivenessDetector', 'options.liveness', liveness);
  }
}

/** Whether an option is a detector, and not which one to open. */
export function isLivenessDetector(liveness: FaceFinderOptions['liveness']): liveness is LivenessDetector {
  return typeof liveness === 'object' && liveness !== null && 'check' in liveness;
}

/** The packs' networks are opened with what everything else is opened with. */
async function livenessOf(
  wanted: FaceFinderOptions['liveness'],
  shared: Parameters<typeof openLiveness>[0] & object,
): Promise<LivenessDetector | null> {
  if (wanted === undefined || wanted === false) return null;
  if (isLivenessDetector(wanted)) return wanted;
  const { models = shared.models, threshold } = wanted === true ? {} : wanted;
  return openLiveness({ ...shared, models, threshold });
}

async function hasPart(source: ModelSource, kind: ModelKind, precision: ModelPrecision): Promise<boolean> {
  const { parts } = await source.readPack();
  return parts.some((part) => part.kind === kind && part.precision === precision);
}
