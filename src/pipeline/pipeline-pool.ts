import { availableParallelism } from 'node:os';
import type { Detection } from '../core/detect/face-detector.ts';
import { type FaceTriggerError, invalidArgument } from '../core/errors.ts';
import type { Image } from '../core/image/image.ts';
import type { AnalyzeOptions } from '../core/pipeline/face-pipeline.ts';
import { JobPool } from '../node/runtime/job-pool.ts';
// Before any worker starts.
import '../node/runtime/native-gate.ts';
import '../node/runtime/telemetry.ts';
import type { Face } from '../core/pipeline/face.ts';
import { PipelineThread } from './pipeline-thread.ts';
import { assertSendable, type SentPipelineOptions } from './sent-options.ts';
import type { WorkerRequest } from './worker-messages.ts';

export interface PipelinePoolOptions extends SentPipelineOptions {
  /** Threads with a pipeline each, 1 - 64. @defaultValue the machine's cores, at most 4 */
  readonly workers?: number | undefined;
  /** False: faces get boxes, scores and landmarks only, and no embedder is loaded. @defaultValue true */
  readonly embeddings?: boolean | undefined;
}

export interface PoolTaskOptions extends AnalyzeOptions {
  /** Takes the task off the queue; one that has begun runs to its end and its result is dropped. */
  readonly signal?: AbortSignal | undefined;
}

const MAX_DEFAULT_WORKERS = 4;
const MAX_WORKERS = 64;

/**
 * Face pipelines in worker threads: the event loop stays free, and every core works on an image of its own.
 *
 * @remarks Each worker holds its own copy of the models (about 110 MB). A worker that dies fails the image it had
 * and is replaced; one that cannot start is tried again after a pause that grows, see {@link PipelinePool.problem}.
 */
export class PipelinePool implements AsyncDisposable {
  readonly #jobs: JobPool<WorkerRequest, Face[]>;

  private constructor(jobs: JobPool<WorkerRequest, Face[]>) {
    this.#jobs = jobs;
  }

  /** @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, and those of FacePipeline.create */
  static async create(options: PipelinePoolOptions = {}): Promise<PipelinePool> {
    assertSendable(options);
    const { workers = Math.min(MAX_DEFAULT_WORKERS, availableParallelism()), threads = 1, ...rest } = options;
    if (!Number.isInteger(workers) || workers < 1 || workers > MAX_WORKERS) {
      throw invalidArgument(`an integer from 1 to ${MAX_WORKERS}`, 'options.workers', workers);
    }
    const start = () => new PipelineThread({ ...rest, threads });
    return new PipelinePool(await JobPool.create({ start, size: workers }));
  }

  /** Images that wait for a worker. */
  get queued(): number {
    return this.#jobs.waiting;
  }

  /** Number of workers. */
  get size(): number {
    return this.#jobs.size;
  }

  /**
   * Why no worker takes images, with the reason as its cause; null while one works. Images are refused with it until
   * a worker can start again, which is tried without being asked.
   */
  get problem(): FaceTriggerError | null {
    return this.#jobs.problem;
  }

  /**
   * As FacePipeline.analyze, in a worker. Images are copied; results come in the order of completion.
   *
   * @throws FaceTriggerError `ERR_UNAVAILABLE`, `ERR_ABORTED`, `ERR_DISPOSED`, and those of FacePipeline.analyze
   */
  analyze(image: Image, options: PoolTaskOptions = {}): Promise<Face[]> {
    return this.#submit(image, null, options);
  }

  /** As FacePipeline.describe, in a worker. */
  describe(image: Image, detections: readonly Detection[], options: PoolTaskOptions = {}): Promise<Face[]> {
    return this.#submit(image, detections, options);
  }

  /** Stops the workers; images that wait or are under way fail with `ERR_DISPOSED`. */
  async dispose(): Promise<void> {
    await this.#jobs.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  #submit(
    image: Image,
    detections: readonly Detection[] | null,
    { signal, ...options }: PoolTaskOptions,
  ): Promise<Face[]> {
    return this.#jobs.run({ image, detections, options }, { signal });
  }
}
