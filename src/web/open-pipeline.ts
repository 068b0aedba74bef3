import { layoutsOf } from '../core/align/chip-template.ts';
import { DEFAULT_QUALITY } from '../core/embed/embedding-quality.ts';
import { invalidArgument } from '../core/errors.ts';
import { FaceFinder } from '../core/pipeline/face-finder.ts';
import { type AnalyzeOptions, FacePipeline } from '../core/pipeline/face-pipeline.ts';
import type { Runtime } from '../core/runtime/runtime.ts';
import { type OpenedPart, openDetectorPart, openEmbedderPart, openLandmarkPart } from '../models/adapters.ts';
import { loadPart } from '../models/load-part.ts';
import {
  type DetectorPart,
  type EmbedderPart,
  MODEL_PRECISIONS,
  type ModelKind,
  type ModelPrecision,
} from '../models/model-pack.ts';
import type { ModelSource } from '../models/model-source.ts';

/** Which of a folder's models are used, and what calls are given that do not say otherwise. */
export interface OpenOptions extends AnalyzeOptions {
  /**
   * Numbers that the embedder computes with; embeddings of one precision are not compared with those of the other.
   * @defaultValue 'int8' where the folder has it, else 'fp32'
   */
  readonly precision?: ModelPrecision | undefined;
  /** 'exact': native dlib's boxes. 'fast': about four times as fast, boxes a few pixels apart. @defaultValue 'fast' where the folder has it */
  readonly detection?: 'exact' | 'fast' | undefined;
}

/**
 * Opens the models of a source in this thread.
 *
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH`, `ERR_INVALID_ARGUMENT`
 */
export async function openPipeline(
  source: ModelSource,
  runtime: Runtime,
  { precision, detection, ...defaults }: OpenOptions = {},
): Promise<FacePipeline> {
  if (precision !== undefined && !MODEL_PRECISIONS.includes(precision)) {
    throw invalidArgument("'fp32' or 'int8'", 'options.precision', precision);
  }
  if (detection !== undefined && detection !== 'exact' && detection !== 'fast') {
    throw invalidArgument("'exact' or 'fast'", 'options.detection', detection);
  }
  const { parts } = await source.readPack();
  const has = (kind: ModelKind, wanted: ModelPrecision) =>
    parts.some((part) => part.kind === kind && part.precision === wanted);
  const smallest = (kind: ModelKind): ModelPrecision => (has(kind, 'int8') ? 'int8' : 'fp32');
  const wanted =
    detection === undefined
      ? smallest('detector')
      : detection === 'fast' && has('detector', 'int8')
        ? 'int8'
        : 'fp32';
  const options = { runtime };
  const openDetector = async (numbers: ModelPrecision) =>
    openDetectorPart((await loadPart(source, 'detector', numbers)) as OpenedPart<DetectorPart>, options);
  // Files arrive side by side; networks are opened one after the other, in one thread.
  const [detector, landmarkDetector, embedder] = await Promise.all([
    openDetector(wanted),
    has('landmarks', 'fp32')
      ? loadPart(source, 'landmarks', 'fp32').then((part) => openLandmarkPart(part, options))
      : null,
    loadPart(source, 'embedder', precision ?? smallest('embedder')).then((part) =>
      openEmbedderPart(part as OpenedPart<EmbedderPart>, options),
    ),
  ]);
  const finder = new FaceFinder({
    detector,
    landmarkDetector,
    openGlancer: wanted === 'fp32' && has('detector', 'int8') ? () => openDetector('int8') : null,
    layouts: layoutsOf(embedder.profile.chip),
  });
  return new FacePipeline({ finder, embedder }, { quality: DEFAULT_QUALITY, ...defaults });
}
