import type { Command } from 'commander';
import { Option } from 'commander';
import type { EmbedderProfile } from '../../core/embed/embedder-profile.ts';
import {
  DEFAULT_QUALITY,
  type EmbeddingRecipe,
  embeddingRecipe,
} from '../../core/embed/embedding-quality.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import { EmbeddingCache } from '../../evaluate/embedding-cache.ts';
import { type FaceReading, type FaceRule, readFaces } from '../../evaluate/face-reader.ts';
import { facePicture } from '../../evaluate/report/face-picture.ts';
import { describeLedgerEntry, type LedgerEntry } from '../../models/licence-ledger.ts';
import { userCacheFolder } from '../../node/files/user-cache-folder.ts';
import { packLedger } from '../../node/models/pack-ledger.ts';
import { modelsKey, packageEmbedder } from '../../node/models/packaged-models.ts';
import { FacePipeline } from '../../pipeline/face-pipeline.ts';
import { faceSearchKey } from '../../pipeline/face-search-key.ts';
import { addDetectionOptions, type DetectionOptions } from '../options/analysis-options.ts';
import { type AveragingFlags, addAveragingOptions } from '../options/averaging-options.ts';
import type { Output } from '../output/output.ts';
import { packageVersion } from '../package-version.ts';

/** Options of the commands that embed many pictures and keep the result. */
export interface EvaluationOptions extends DetectionOptions, AveragingFlags {
  readonly face: FaceRule;
  readonly normalize?: true | undefined;
  /** A folder, or false: keep nothing. */
  readonly cache: string | boolean;
}

/** Adds the options of {@link EvaluationOptions}. */
export function addEvaluationOptions(command: Command, defaults: { face: FaceRule }): Command {
  return addAveragingOptions(addDetectionOptions(command), 'balanced')
    .addOption(
      new Option('--face <rule>', 'which face of a picture is used')
        .choices(['center', 'largest', 'only'])
        .default(defaults.face),
    )
    .option('--normalize', 'scale embeddings to length 1')
    .option('--cache <dir>', "keep embeddings in this folder (default: the user's cache folder)")
    .option('--no-cache', 'do not keep embeddings')
    .option('--json', 'print one JSON object');
}

/**
 * Embeds the counting face of each picture; a second run takes them from the cache and loads no network.
 *
 * @param paths - files
 * @param options.signal - aborts the work
 */
export async function readEvaluationFaces(
  paths: readonly string[],
  options: EvaluationOptions & { readonly signal: AbortSignal; readonly output: Output },
): Promise<Map<string, FaceReading>> {
  const { output, signal, face: rule, jobs, models, commercial, threads, detection, precision } = options;
  const { minFaceSize, minScore } = options;
  const settings = { minFaceSize, minScore, ...recipeOf(options) };
  let pipeline: Promise<FacePipeline> | undefined;
  try {
    return await readFaces(paths, {
      rule,
      signal,
      concurrency: jobs,
      normalize: options.normalize ?? false,
      cache: await openCache(
        options,
        { ...settings, detection, precision, search: faceSearchKey({ minFaceSize }) },
        output,
      ),
      analyze: async (image) => {
        pipeline ??= FacePipeline.create({ models, commercial, threads, detection, precision });
        return (await pipeline).analyze(image, { ...settings, identities: false });
      },
      onProgress: (done, total) => output.progress(done, total),
    });
  } finally {
    output.end();
    await (await pipeline?.catch(() => undefined))?.dispose();
  }
}

/** What an interrupted evaluation is answered with; undefined where it keeps nothing. */
export function goOnWithCache({ cache }: EvaluationOptions): string | undefined {
  return cache === false ? undefined : 'The same command again takes what was done from the cache';
}

/** A function that makes report pictures of the faces that were read. */
export function pictureMaker(
  readings: ReadonlyMap<string, FaceReading>,
  pathOf: (name: string) => string,
): (name: string) => Promise<string | null> {
  return async (name) => {
    const reading = readings.get(pathOf(name));
    return reading?.face ? facePicture(reading.path, reading.face.box) : null;
  };
}

/** Distances that a report is drawn around, in the metric and of the length that embeddings are compared with. */
export function reportDistances(
  { metric, thresholds: { verify, farthest }, lengthRule }: EmbedderProfile,
  { normalize }: EvaluationOptions,
): { readonly usualDistance: number | undefined; readonly range: number | undefined } {
  if (metric === 'cosine' || !normalize) return { usualDistance: verify, range: farthest };
  // Embeddings of no common length: nothing is known of their distances at length 1.
  if (lengthRule === null) return { usualDistance: undefined, range: undefined };
  return { usualDistance: verify / lengthRule.length, range: farthest / lengthRule.length };
}

/** What a report says about how the faces were found. */
export async function evaluationFacts(options: EvaluationOptions): Promise<[string, string][]> {
  const embedder = await packageEmbedder(options.precision, options.models);
  const recipe = recipeOf(options);
  const averaged = [
    ...(recipe.mirror ? ['mirror'] : []),
    ...(recipe.jitter ? [`${recipe.jitter} jittered crops`] : []),
    ...(recipe.evenLength ? ['even length'] : []),
    ...(options.normalize ? ['length 1'] : []),
  ];
  return [
    ['Embedder', embedder.id],
    ['Detection', options.detection ?? 'exact'],
    ['Embedding', averaged.join(', ') || 'plain'],
    ['Face', options.face],
    ['face-trigger', packageVersion()],
    ...(await evaluationLedger(options)).map((entry): [string, string] => [
      'Model',
      describeLedgerEntry(entry),
    ]),
  ];
}

/** What is known of the licenses of the models of an evaluation. */
export function evaluationLedger({
  models,
  detection,
  precision,
}: EvaluationOptions): Promise<LedgerEntry[]> {
  return packLedger(models, { detection, precision });
}

/** Spelled out, so that what is kept under an old meaning of a quality is not taken for the new one. */
function recipeOf({ quality = DEFAULT_QUALITY, mirror, jitter }: EvaluationOptions): EmbeddingRecipe {
  return embeddingRecipe({ quality, mirror, jitter });
}

async function openCache(
  { cache, models }: EvaluationOptions,
  settings: Readonly<Record<string, unknown>>,
  output: Output,
): Promise<EmbeddingCache | null> {
  if (cache === false) return null;
  const kept = new EmbeddingCache(typeof cache === 'string' ? cache : `${userCacheFolder()}/embeddings`, {
    models: await modelsKey(models),
    options: { ...settings, version: packageVersion() },
  });
  try {
    await kept.prepare();
    return kept;
  } catch (cause) {
    if (!(cause instanceof FaceTriggerError)) throw cause;
    // Whoever named a folder wants it used; the default one is only there to save time.
    if (typeof cache === 'string' || process.env['FACE_TRIGGER_CACHE']) {
      const advice = 'choose another folder with --cache <dir>, or keep no embeddings with --no-cache';
      throw new FaceTriggerError(cause.code, `${cause.message}: ${advice}`, { cause });
    }
    output.note(`embeddings are not kept: ${cause.message} (--cache <dir> keeps them elsewhere)`);
    return null;
  }
}
