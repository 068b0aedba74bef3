import { basename, join } from 'node:path';
import { layoutsOf } from '../core/align/chip-template.ts';
import type { DetectOptions } from '../core/detect/face-detector.ts';
import { DEFAULT_QUALITY } from '../core/embed/embedding-quality.ts';
import type { FaceEmbedder } from '../core/embed/face-embedder.ts';
import { defaultMinProbability } from '../core/identify/identification.ts';
import { type AnalyzeOptions, FacePipeline as CoreFacePipeline } from '../core/pipeline/face-pipeline.ts';
import { type LedgerEntry, unknownModel } from '../models/licence-ledger.ts';
import type { ModelPrecision } from '../models/model-pack.ts';
import { packLedger } from '../node/models/pack-ledger.ts';
import { networksOfEmbedder } from '../node/models/packaged-models.ts';
import { FaceRecognizer } from '../people/face-recognizer.ts';
import { folderRecipe } from '../people/folder-recipe.ts';
import { MODEL_FOLDER_FILES, readModelDescription } from '../people/model-folder.ts';
import { FaceFinder, type FaceFinderOptions, isLivenessDetector } from './face-finder.ts';

export interface FacePipelineOptions extends FaceFinderOptions {
  /** A folder that `face-trigger train` wrote: the people to recognize and the thresholds. */
  readonly modelFolder?: string | undefined;
  /** Path of a user's own embedder. @defaultValue the pack's */
  readonly dnnModelPath?: string | undefined;
  /** An embedder of the caller's, which the pipeline disposes of. @defaultValue the pack's */
  readonly embedder?: FaceEmbedder | undefined;
  /**
   * Numbers that the embedder computes with, see FaceRecognizerOptions. @defaultValue those that the model folder was
   * trained with; 'fp32' without one
   */
  readonly precision?: ModelPrecision | undefined;
  /** Whether embeddings are scaled to one length: see EmbeddingOptions. @defaultValue as the model folder was made, or as the quality says */
  readonly evenLength?: boolean | undefined;
}

/**
 * From an image to its faces: detection, landmarks, embeddings and, once people are known, names.
 *
 * @example
 * const pipeline = await FacePipeline.create({ modelFolder: 'model' });
 * const faces = await pipeline.analyze(await readImage('party.jpg'));
 */
export class FacePipeline extends CoreFacePipeline {
  /** Embeds and names faces. */
  readonly recognizer: FaceRecognizer;
  /** What is known of the licenses of its models. */
  readonly ledger: readonly LedgerEntry[];

  private constructor(
    parts: {
      readonly finder: FaceFinder;
      readonly recognizer: FaceRecognizer;
      readonly ledger: readonly LedgerEntry[];
    },
    defaults: AnalyzeOptions,
  ) {
    const { finder, recognizer, ledger } = parts;
    super({ finder, embedder: recognizer.embedder, namer: recognizer }, defaults);
    this.recognizer = recognizer;
    this.ledger = ledger;
  }

  /** Embeds aligned faces: the recognizer's, which changes when it learns a metric. */
  override get embedder(): FaceEmbedder {
    return this.recognizer.embedder;
  }

  /** The limits that names are given by, unless a call says otherwise: the model folder's, or the defaults. */
  get thresholds(): { readonly maxDistance: number; readonly minProbability: number } {
    const { maxDistance = this.recognizer.distances.thresholds.identify, minProbability } = this.defaults;
    const kind = this.recognizer.classifierKind ?? 'nearest';
    return { maxDistance, minProbability: minProbability ?? defaultMinProbability(kind) };
  }

  /** @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH`, `ERR_MODEL_LICENCE` */
  static async create(options: FacePipelineOptions = {}): Promise<FacePipeline> {
    const { modelFolder, dnnModelPath, embedder, runtime, threads, commercial } = options;
    const model = modelFolder === undefined ? null : await readModelDescription(modelFolder);
    // People who were learned with a pack are recognized with it, also where nobody says which.
    const own = model ? await networksOfEmbedder(model.embedder.sha256, options.models) : undefined;
    const models = options.models ?? own?.models;
    const precision = options.precision ?? own?.precision;
    const { evenLength } = options;
    const recipe = {
      ...(model !== null && folderRecipe(model)),
      ...(evenLength !== undefined && { evenLength }),
    };
    const recognizer = await FaceRecognizer.create({
      ...recipe,
      ...{ models, dnnModelPath, embedder, runtime, threads, commercial },
      ...(dnnModelPath === undefined && { precision }),
      ...(modelFolder !== undefined && {
        ...(model?.head && { headModelPath: join(modelFolder, MODEL_FOLDER_FILES.head) }),
        classifierModelPath: join(modelFolder, MODEL_FOLDER_FILES.classifier),
        labelMapPath: join(modelFolder, MODEL_FOLDER_FILES.labels),
      }),
    });
    try {
      const finder = await FaceFinder.create(
        { ...options, models },
        layoutsOf(recognizer.embedder.profile.chip),
      );
      const defaults =
        model === null
          ? { quality: DEFAULT_QUALITY, ...recipe }
          : {
              ...model.thresholds,
              ...recipe,
              ...withoutNulls(model.detection),
            };
      const ledger = await ledgerOf({ ...options, models, precision }, recognizer);
      return new FacePipeline({ finder, recognizer, ledger }, defaults);
    } catch (error) {
      await recognizer.dispose();
      throw error;
    }
  }

  override async dispose(): Promise<void> {
    await this.finder.dispose();
    await this.recognizer.dispose();
  }
}

/** The pack's models, and what is said of those that stand in their places. */
async function ledgerOf(options: FacePipelineOptions, recognizer: FaceRecognizer): Promise<LedgerEntry[]> {
  const { models, detector, detectorModelPath, landmarkDetector, landmarkModelPath, embedder } = options;
  const { id, sha256, licence } = recognizer.embedder.profile;
  const own: LedgerEntry[] = [];
  if (detector ?? detectorModelPath) own.push(unknownModel('detector', { id: nameOf(detectorModelPath) }));
  if (landmarkDetector ?? landmarkModelPath) {
    own.push(unknownModel('landmarks', { id: nameOf(landmarkModelPath) }));
  }
  if (embedder ?? options.dnnModelPath) own.push(unknownModel('embedder', { id, sha256, weights: licence }));
  const replaced = new Set(own.map(({ kind }) => kind));
  const { liveness } = options;
  if (isLivenessDetector(liveness)) own.push(unknownModel('liveness', { id: liveness.id }));
  const checking = isLivenessDetector(liveness)
    ? false
    : typeof liveness === 'object'
      ? (liveness.models ?? true)
      : liveness;
  if (landmarkDetector === null) replaced.add('landmarks');
  const packed =
    replaced.size === 3 && !checking ? [] : await packLedger(models, { ...options, liveness: checking });
  return [...packed.filter(({ kind }) => !replaced.has(kind)), ...own];
}

function nameOf(path: string | undefined): string {
  return path === undefined ? 'own' : basename(path);
}

function withoutNulls(detection: { minFaceSize: number | null; minScore: number | null }): DetectOptions {
  return Object.fromEntries(Object.entries(detection).filter(([, value]) => value !== null));
}
