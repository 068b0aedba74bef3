import { availableParallelism } from 'node:os';
import type { Image } from '../../core/image/image.ts';
import type { ImageShrink } from '../../core/image/image-shrink.ts';
import type { AnalyzeOptions } from '../../core/pipeline/face-pipeline.ts';
import type { AnalyzeImage } from '../../pipeline/analyze-files.ts';
import { FaceFinder } from '../../pipeline/face-finder.ts';
import { FacePipeline } from '../../pipeline/face-pipeline.ts';
import { PipelinePool } from '../../pipeline/pipeline-pool.ts';
import type { SentPipelineOptions } from '../../pipeline/sent-options.ts';
import { shrinkForFaces } from '../../pipeline/shrink-for-faces.ts';
import { rememberFaces } from './remember-faces.ts';

/** Looks for the faces of pictures, in this thread or in others. */
export interface Analyzer extends AsyncDisposable {
  readonly analyze: AnalyzeImage;
  /** How much smaller pictures may be decoded. */
  readonly shrink: ImageShrink;
  /** Pictures that it works on at once. */
  readonly workers: number;
}

export interface AnalyzerOptions {
  readonly pipeline: SentPipelineOptions;
  readonly settings: AnalyzeOptions;
  /** Pictures to come. */
  readonly count: number;
  /** Threads with a pipeline each. @defaultValue one; the machine's cores, at most 4, for {@link MANY} and more */
  readonly workers?: number | undefined;
  /** What the run writes, if anything: until that is there, the faces found are kept beside it. */
  readonly result?: string | undefined;
  readonly signal: AbortSignal;
  /** Find faces only. @defaultValue false */
  readonly findOnly?: boolean | undefined;
}

/** From here on what a second pipeline takes to start is less than what it saves (docs/performance.md). */
const MANY = 50;
const MAX_DEFAULT_WORKERS = 4;

/** Opens what is fastest for so many pictures. */
export async function openAnalyzer(options: AnalyzerOptions): Promise<Analyzer> {
  const { result, signal, pipeline, settings, findOnly } = options;
  const analyzer = await openPipelines(options);
  if (result === undefined) return analyzer;
  const { models, modelFolder, detection, precision, liveness } = pipeline;
  const remembered = await rememberFaces(result, {
    settings: { detection, precision, settings, findOnly, ...(liveness && { liveness }) },
    models,
    liveness: liveness ? (typeof liveness === 'object' ? (liveness.models ?? models) : models) : null,
    modelFolder,
  });
  return {
    ...analyzer,
    analyze: remembered.wrap(analyzer.analyze),
    async [Symbol.asyncDispose]() {
      await analyzer[Symbol.asyncDispose]();
      await remembered.close({ finished: !signal.aborted });
    },
  };
}

async function openPipelines(options: AnalyzerOptions): Promise<Analyzer> {
  const { pipeline, settings, findOnly = false } = options;
  const workers = options.workers ?? defaultWorkers(options.count, pipeline.threads);
  const { minFaceSize } = settings;
  // Exact means that the picture's own pixels are looked at.
  const mayShrink = pipeline.detection === 'fast' && minFaceSize !== undefined;
  const shrink = mayShrink ? shrinkForFaces(minFaceSize, { embed: !findOnly }) : 1;
  const sized = (shrunk: number): AnalyzeOptions =>
    shrunk === 1 || minFaceSize === undefined ? settings : { ...settings, minFaceSize: minFaceSize / shrunk };
  if (workers > 1) {
    const pool = await PipelinePool.create({ ...pipeline, workers, embeddings: !findOnly });
    return {
      analyze: (image, shrunk) => pool.analyze(image, sized(shrunk)),
      shrink,
      workers,
      [Symbol.asyncDispose]: () => pool.dispose(),
    };
  }
  const here = findOnly ? await FaceFinder.create(pipeline) : await FacePipeline.create(pipeline);
  const find = (image: Image, shrunk: number) =>
    here instanceof FaceFinder ? here.find(image, sized(shrunk)) : here.analyze(image, sized(shrunk));
  return { analyze: find, shrink, workers: 1, [Symbol.asyncDispose]: () => here.dispose() };
}

/** Who says how many threads a network has wants one network. */
function defaultWorkers(count: number, threads: number | undefined): number {
  return count < MANY || threads !== undefined ? 1 : Math.min(MAX_DEFAULT_WORKERS, availableParallelism());
}
