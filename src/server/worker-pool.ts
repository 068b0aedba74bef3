import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { FaceTriggerError, invalidArgument } from '../errors.ts';
import type { EmbedderIdentity } from '../gallery/gallery.ts';
import type { FacePipelineOptions } from '../recognizer/face-pipeline.ts';
import type { Analysis, AnalysisJob, WorkerMessage } from './analysis-job.ts';

/** How a pool works. */
export interface WorkerPoolOptions {
  /** Threads, each with its own models. @defaultValue 1 */
  readonly workers?: number;
  /** Jobs that may wait for a thread. @defaultValue 32 */
  readonly maxQueue?: number;
  /** What the threads find faces with. */
  readonly pipeline?: FacePipelineOptions;
}

interface Task {
  readonly job: AnalysisJob;
  readonly signal: AbortSignal;
  readonly resolve: (analysis: Analysis) => void;
  readonly reject: (error: Error) => void;
}

interface Slot {
  worker: Worker;
  task: Task | null;
}

/**
 * Threads that look at pictures, with a queue that has an end.
 *
 * @remarks A job whose signal aborts leaves the queue at once; one that is being worked on ends its thread, because
 * nothing else stops a computation, and a new thread takes the place.
 */
export class WorkerPool {
  readonly embedder: EmbedderIdentity;
  readonly #options: FacePipelineOptions;
  readonly #maxQueue: number;
  readonly #slots: Slot[];
  readonly #queue: Task[] = [];
  readonly #idle: (() => void)[] = [];
  #closed = false;

  private constructor(parts: {
    readonly workers: readonly Worker[];
    readonly embedder: EmbedderIdentity;
    readonly options: FacePipelineOptions;
    readonly maxQueue: number;
  }) {
    this.embedder = parts.embedder;
    this.#options = parts.options;
    this.#maxQueue = parts.maxQueue;
    this.#slots = parts.workers.map((worker) => ({ worker, task: null }));
    for (const slot of this.#slots) this.#listen(slot);
  }

  /** Starts the threads and waits until their models are loaded. */
  static async create({
    workers = 1,
    maxQueue = 32,
    pipeline = {},
  }: WorkerPoolOptions = {}): Promise<WorkerPool> {
    if (!Number.isInteger(workers) || workers < 1)
      throw invalidArgument('an integer >= 1', 'options.workers', workers);
    if (!Number.isInteger(maxQueue) || maxQueue < 0)
      throw invalidArgument('an integer >= 0', 'options.maxQueue', maxQueue);
    const started = await Promise.allSettled(Array.from({ length: workers }, () => startWorker(pipeline)));
    const ready = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failure = started.find((result) => result.status === 'rejected');
    if (failure) {
      await Promise.all(ready.map(({ worker }) => worker.terminate()));
      throw failure.reason;
    }
    return new WorkerPool({
      workers: ready.map(({ worker }) => worker),
      embedder: ready[0]!.embedder,
      options: pipeline,
      maxQueue,
    });
  }

  /** Jobs that wait. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Jobs that are worked on. */
  get running(): number {
    return this.#slots.filter(({ task }) => task !== null).length;
  }

  /** Whether one more job would be refused. */
  get isFull(): boolean {
    return this.running === this.#slots.length && this.waiting >= this.#maxQueue;
  }

  /**
   * Looks at a picture.
   *
   * @throws FaceTriggerError `ERR_TOO_MANY_REQUESTS` where the queue is full, `ERR_ABORTED` or the signal's own
   * FaceTriggerError, and what reading and analysing throw
   */
  run(job: AnalysisJob, signal: AbortSignal): Promise<Analysis> {
    if (this.#closed) return Promise.reject(new FaceTriggerError('ERR_DISPOSED', 'The server is stopping'));
    if (signal.aborted) return Promise.reject(abortError(signal));
    if (this.isFull) {
      const message = `The queue of ${this.#maxQueue} pictures is full; try again later`;
      return Promise.reject(new FaceTriggerError('ERR_TOO_MANY_REQUESTS', message));
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => this.#abort(task);
      const done = () => signal.removeEventListener('abort', onAbort);
      const task: Task = {
        job,
        signal,
        resolve: (analysis) => {
          done();
          resolve(analysis);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#queue.push(task);
      this.#next();
    });
  }

  /** Waits for the jobs under way, then ends the threads. New jobs are refused. */
  async dispose(): Promise<void> {
    this.#closed = true;
    if (this.running + this.waiting > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    await Promise.all(this.#slots.map(({ worker }) => worker.terminate()));
  }

  #next(): void {
    for (const slot of this.#slots) {
      if (slot.task !== null) continue;
      const task = this.#queue.shift();
      if (!task) break;
      slot.task = task;
      slot.worker.postMessage(task.job);
    }
    if (this.running + this.waiting === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  #abort(task: Task): void {
    const place = this.#queue.indexOf(task);
    if (place >= 0) this.#queue.splice(place, 1);
    const slot = this.#slots.find((candidate) => candidate.task === task);
    if (slot) this.#replace(slot);
    task.reject(abortError(task.signal));
    this.#next();
  }

  #listen(slot: Slot): void {
    const { worker } = slot;
    worker.on('message', (message: WorkerMessage) => {
      if (slot.worker !== worker || message.type === 'ready') return;
      const { task } = slot;
      slot.task = null;
      if (message.type === 'result') task?.resolve(message.analysis);
      else task?.reject(toError(message));
      this.#next();
    });
    // A thread that dies, out of memory for example, takes its picture with it and nothing else.
    worker.on('error', (cause) => {
      if (slot.worker !== worker) return;
      const { task } = slot;
      this.#replace(slot);
      task?.reject(
        new FaceTriggerError('ERR_RUNTIME', `The picture's thread died: ${cause.message}`, { cause }),
      );
    });
  }

  #replace(slot: Slot): void {
    void slot.worker.terminate();
    slot.worker = newWorker(this.#options);
    slot.task = null;
    this.#listen(slot);
    // The new thread takes its messages once its models are loaded; until then they wait in its port.
    this.#next();
  }
}

async function startWorker(
  options: FacePipelineOptions,
): Promise<{ worker: Worker; embedder: EmbedderIdentity }> {
  const worker = newWorker(options);
  try {
    // once() and not removeAllListeners(): that would also take away what starts the worker's port again.
    const [message] = (await once(worker, 'message')) as [WorkerMessage];
    if (message.type === 'ready') return { worker, embedder: message.embedder };
    throw message.type === 'failure' ? toError(message) : new Error('unexpected message');
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}

function newWorker(options: FacePipelineOptions): Worker {
  const file = import.meta.url.endsWith('.ts') ? './image-worker.ts' : './image-worker.js';
  return new Worker(new URL(file, import.meta.url), { workerData: options });
}

function toError({ code, message }: Extract<WorkerMessage, { type: 'failure' }>): Error {
  return code === null ? new Error(message) : new FaceTriggerError(code, message);
}

function abortError(signal: AbortSignal): Error {
  if (signal.reason instanceof FaceTriggerError) return signal.reason;
  return new FaceTriggerError('ERR_ABORTED', 'The request was cancelled', { cause: signal.reason });
}
