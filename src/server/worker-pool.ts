import type { EmbedderProfile } from '../core/embed/embedder-profile.ts';
import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { JobPool, type RunOptions } from '../node/runtime/job-pool.ts';
import { assertSendable, type SentPipelineOptions } from '../pipeline/sent-options.ts';
import type { Analysis, AnalysisJob } from './analysis-job.ts';
import { ImageProcess } from './image-process.ts';

/** How a pool works. */
export interface WorkerPoolOptions {
  /** Processes, each with its own models. @defaultValue 1 */
  readonly workers?: number | undefined;
  /** Jobs that may wait. @defaultValue 32 */
  readonly maxQueue?: number | undefined;
  /** What the processes find faces with. */
  readonly pipeline?: SentPipelineOptions | undefined;
  /** Called each time that a process cannot start, with the time until the next try. */
  readonly onProblem?: ((error: Error, retryMs: number) => void) | undefined;
}

/**
 * How long a picture that nobody waits for any more is worked on.
 *
 * @remarks A new process needs about as long to load its models: to end one earlier would cost more than it saves,
 * and clients who come and go could keep the pool from ever working.
 */
const PATIENCE_MS = 1000;

/**
 * Processes that look at pictures, with a queue that has an end.
 *
 * @remarks Processes and not threads: nothing but an end stops a computation that is under way, and a thread can only
 * end after it. What a hostile picture breaks in a decoder breaks there and not in the server. A job whose signal
 * aborts leaves the queue at once; one that is being worked on has a second more, then its process is ended and a new
 * one takes the place.
 */
export class WorkerPool {
  readonly embedder: EmbedderProfile;
  readonly #jobs: JobPool<AnalysisJob, Analysis>;

  private constructor(jobs: JobPool<AnalysisJob, Analysis>, embedder: EmbedderProfile) {
    this.#jobs = jobs;
    this.embedder = embedder;
  }

  /** Starts the processes and waits until their models are loaded. */
  static async create(options: WorkerPoolOptions = {}): Promise<WorkerPool> {
    const { workers = 1, maxQueue = 32, pipeline = {}, onProblem } = options;
    assertSendable(pipeline);
    if (!Number.isInteger(workers) || workers < 1)
      throw invalidArgument('an integer >= 1', 'options.workers', workers);
    if (!Number.isInteger(maxQueue) || maxQueue < 0)
      throw invalidArgument('an integer >= 0', 'options.maxQueue', maxQueue);
    let embedder: EmbedderProfile | null = null;
    // Models that were replaced while the server runs give embeddings that the gallery's cannot be compared with.
    const accept = (found: EmbedderProfile): void => {
      embedder ??= found;
      if (found.id === embedder.id && found.sha256 === embedder.sha256) return;
      throw new FaceTriggerError('ERR_MODEL_MISMATCH', 'The models are not those that the server began with');
    };
    const start = () => new ImageProcess(pipeline, accept);
    const jobs = await JobPool.create({ start, size: workers, maxQueue, patienceMs: PATIENCE_MS, onProblem });
    return new WorkerPool(jobs, embedder!);
  }

  /** Jobs that wait. */
  get waiting(): number {
    return this.#jobs.waiting;
  }

  /** Jobs that are worked on. */
  get running(): number {
    return this.#jobs.running;
  }

  /** Processes whose models are loaded. */
  get ready(): number {
    return this.#jobs.ready;
  }

  /** Milliseconds that no process could look at pictures because all load their models; 0 while one can. */
  get loadingMs(): number {
    return this.#jobs.startingMs;
  }

  /** Processes that were ended, or ended, and were started anew. */
  get restarts(): number {
    return this.#jobs.restarts;
  }

  /** Jobs that may wait or be worked on at once. */
  get capacity(): number {
    return this.#jobs.capacity;
  }

  /** Whether there is room for no more jobs. */
  get isFull(): boolean {
    return this.#jobs.isFull;
  }

  /** Whether one more job of an owner would be refused. */
  isFullFor(owner: string): boolean {
    return this.#jobs.isFullFor(owner);
  }

  /** Why no process can look at pictures, `ERR_UNAVAILABLE`; null while one can. */
  get problem(): FaceTriggerError | null {
    return this.#jobs.problem;
  }

  /** Looks at a picture. @throws as JobPool.run, and what reading and analysing throw */
  run(job: AnalysisJob, options: RunOptions): Promise<Analysis> {
    return this.#jobs.run(job, options);
  }

  /** Waits for the jobs under way, then ends the processes. New jobs are refused. */
  async dispose(): Promise<void> {
    await this.#jobs.dispose({ drain: true });
  }
}
