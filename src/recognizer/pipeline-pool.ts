import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Detection } from '../detect/face-detector.ts';
import { FaceTriggerError, type FaceTriggerErrorCode, invalidArgument } from '../errors.ts';
import type { Image } from '../image/image.ts';
// Before any worker starts.
import '../runtime/telemetry.ts';
import type { Face } from './face.ts';
import type { AnalyzeOptions, FacePipelineOptions } from './face-pipeline.ts';

export interface PipelinePoolOptions extends FacePipelineOptions {
  /** Threads with a pipeline each, 1 - 64. @defaultValue the machine's cores, at most 4 */
  readonly workers?: number | undefined;
  /** False: faces get boxes, scores and landmarks only, and no embedder is loaded. @defaultValue true */
  readonly embeddings?: boolean | undefined;
}

/** What a worker is started with. */
export type WorkerSettings = Omit<PipelinePoolOptions, 'workers'>;

export interface PoolTaskOptions extends AnalyzeOptions {
  /** Takes the task off the queue; one that has begun runs to its end and its result is dropped. */
  readonly signal?: AbortSignal | undefined;
}

/** What goes to a worker; `null` asks it to free its models and end. */
export type WorkerMessage = WorkerRequest | null;

export interface WorkerRequest {
  readonly id: number;
  readonly image: Image;
  readonly detections: readonly Detection[] | null;
  readonly options: AnalyzeOptions;
}

/** What comes back; an `id` of `null` says that the worker has its models, or why not. */
export interface WorkerReply {
  readonly id: number | null;
  readonly faces?: Face[];
  readonly error?: { readonly code: FaceTriggerErrorCode | null; readonly message: string };
}

interface Task extends Omit<WorkerRequest, 'id'> {
  readonly resolve: (faces: Face[]) => void;
  readonly reject: (error: Error) => void;
}

const MAX_DEFAULT_WORKERS = 4;
const MAX_WORKERS = 64;
/** Young objects of a worker are collected early: the images among them hold much memory outside the heap. */
const WORKER_LIMITS = { maxYoungGenerationSizeMb: 2 };

/**
 * Face pipelines in worker threads: the event loop stays free, and every core works on an image of its own.
 *
 * @remarks Each worker holds its own copy of the models (about 110 MB). A worker that dies fails the image it had
 * and is replaced.
 */
export class PipelinePool implements AsyncDisposable {
  readonly #options: WorkerSettings;
  readonly #queue: Task[] = [];
  readonly #idle: PoolWorker[] = [];
  readonly #workers = new Set<PoolWorker>();
  #disposed = false;

  private constructor(options: WorkerSettings) {
    this.#options = options;
  }

  /** @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, and those of FacePipeline.create */
  static async create(options: PipelinePoolOptions = {}): Promise<PipelinePool> {
    const { workers = Math.min(MAX_DEFAULT_WORKERS, availableParallelism()), threads = 1, ...rest } = options;
    if (!Number.isInteger(workers) || workers < 1 || workers > MAX_WORKERS) {
      throw invalidArgument(`an integer from 1 to ${MAX_WORKERS}`, 'options.workers', workers);
    }
    const pool = new PipelinePool({ ...rest, threads });
    try {
      await Promise.all(Array.from({ length: workers }, () => pool.#addWorker()));
      return pool;
    } catch (error) {
      await pool.dispose();
      throw error;
    }
  }

  /** Images that wait for a worker. */
  get queued(): number {
    return this.#queue.length;
  }

  /** Number of workers. */
  get size(): number {
    return this.#workers.size;
  }

  /** As FacePipeline.analyze, in a worker. Images are copied; results come in the order of completion. */
  analyze(image: Image, options: PoolTaskOptions = {}): Promise<Face[]> {
    return this.#submit(image, null, options);
  }

  /** As FacePipeline.describe, in a worker. */
  describe(image: Image, detections: readonly Detection[], options: PoolTaskOptions = {}): Promise<Face[]> {
    return this.#submit(image, detections, options);
  }

  /** Stops the workers; images that wait or are under way fail with `ERR_DISPOSED`. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    const error = disposedError();
    for (const task of this.#queue.splice(0)) task.reject(error);
    await Promise.all([...this.#workers].map((worker) => worker.stop(error)));
    this.#workers.clear();
    this.#idle.length = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  #submit(image: Image, detections: readonly Detection[] | null, options: PoolTaskOptions): Promise<Face[]> {
    const { signal, ...rest } = options;
    if (this.#disposed) return Promise.reject(disposedError());
    if (signal?.aborted) return Promise.reject(abortedError(signal));
    return new Promise((resolve, reject) => {
      const task: Task = {
        image,
        detections,
        options: rest,
        resolve: (faces) => {
          signal?.removeEventListener('abort', onAbort);
          resolve(faces);
        },
        reject: (error) => {
          signal?.removeEventListener('abort', onAbort);
          reject(error);
        },
      };
      const onAbort = () => {
        const place = this.#queue.indexOf(task);
        if (place >= 0) this.#queue.splice(place, 1);
        reject(abortedError(signal!));
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#queue.push(task);
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#queue.length > 0 && this.#idle.length > 0) {
      const worker = this.#idle.pop()!;
      worker.run(this.#queue.shift()!, () => {
        if (!this.#workers.has(worker)) return;
        this.#idle.push(worker);
        this.#dispatch();
      });
    }
  }

  async #addWorker(): Promise<void> {
    const worker = new PoolWorker(this.#options, () => this.#replace(worker));
    this.#workers.add(worker);
    try {
      await worker.ready;
    } catch (error) {
      this.#workers.delete(worker);
      throw error;
    }
    this.#idle.push(worker);
    this.#dispatch();
  }

  #replace(dead: PoolWorker): void {
    this.#workers.delete(dead);
    const place = this.#idle.indexOf(dead);
    if (place >= 0) this.#idle.splice(place, 1);
    if (this.#disposed) return;
    this.#addWorker().catch((error) => {
      // Without any worker nobody would ever answer the images that wait.
      if (this.#workers.size === 0) for (const task of this.#queue.splice(0)) task.reject(error);
    });
  }
}

class PoolWorker {
  readonly ready: Promise<void>;
  readonly #exited: Promise<unknown>;
  readonly #worker: Worker;
  #task: Task | null = null;
  #done: () => void = () => undefined;
  #stopped = false;

  constructor(options: WorkerSettings, onDeath: () => void) {
    this.#worker = new Worker(workerFile(), { workerData: options, resourceLimits: WORKER_LIMITS });
    this.#exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    let wasReady = false;
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on('message', ({ id, faces, error }: WorkerReply) => {
        if (id === null && error) reject(toError(error));
        else if (id === null) {
          // From here on an idle worker does not keep the process alive.
          this.#worker.unref();
          wasReady = true;
          resolve();
        } else this.#finish(faces, error && toError(error));
      });
      const die = (cause: unknown) => {
        const reason = cause instanceof Error ? cause.message : `exit status ${cause}`;
        const error = new FaceTriggerError('ERR_RUNTIME', `A worker thread died: ${reason}`, { cause });
        reject(error);
        if (this.#stopped) return;
        this.#stopped = true;
        this.#done = () => undefined;
        this.#finish(undefined, error);
        // One that never got ready would not get ready the next time either.
        if (wasReady) onDeath();
      };
      this.#worker.on('error', die);
      this.#worker.on('exit', die);
    });
    this.ready.catch(() => undefined);
  }

  run(task: Task, done: () => void): void {
    this.#task = task;
    this.#done = done;
    this.#worker.ref();
    const { image, detections, options } = task;
    this.#worker.postMessage({ id: 0, image, detections, options } satisfies WorkerRequest);
  }

  async stop(error: Error): Promise<void> {
    this.#stopped = true;
    this.#done = () => undefined;
    this.#finish(undefined, error);
    // Never terminate(): a thread that is cut off inside onnxruntime takes the whole process with it. The worker
    // ends by itself after the image that it has.
    this.#worker.ref();
    this.#worker.postMessage(null satisfies WorkerMessage);
    await this.#exited;
  }

  #finish(faces: Face[] | undefined, error: Error | undefined): void {
    const task = this.#task;
    this.#task = null;
    this.#worker.unref();
    if (task !== null && error) task.reject(error);
    else if (task !== null) task.resolve(faces!);
    this.#done();
  }
}

/** Node 20 cannot run TypeScript in a worker: from the sources, as tests do, the compiled worker is used. */
function workerFile(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(
    isSource ? '../../dist/recognizer/pipeline-worker.js' : './pipeline-worker.js',
    import.meta.url,
  );
}

function toError({ code, message }: NonNullable<WorkerReply['error']>): Error {
  return code === null ? new Error(message) : new FaceTriggerError(code, message);
}

function disposedError(): FaceTriggerError {
  return new FaceTriggerError('ERR_DISPOSED', 'The pipeline pool was used after dispose()');
}

function abortedError(signal: AbortSignal): FaceTriggerError {
  return new FaceTriggerError('ERR_ABORTED', 'The work was cancelled', { cause: signal.reason });
}
