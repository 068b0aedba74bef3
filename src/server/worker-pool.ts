import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { FaceTriggerError, invalidArgument } from '../errors.ts';
import type { EmbedderIdentity } from '../gallery/gallery.ts';
import type { FacePipelineOptions } from '../recognizer/face-pipeline.ts';
import type { Analysis, AnalysisJob, WorkerMessage } from './analysis-job.ts';

/** How a pool works. */
export interface WorkerPoolOptions {
  /** Processes, each with its own models. @defaultValue 1 */
  readonly workers?: number;
  /** Jobs that may wait. @defaultValue 32 */
  readonly maxQueue?: number;
  /** What the processes find faces with. */
  readonly pipeline?: FacePipelineOptions;
}

interface Task {
  readonly job: AnalysisJob;
  readonly signal: AbortSignal;
  readonly resolve: (analysis: Analysis) => void;
  readonly reject: (error: Error) => void;
}

interface Slot {
  worker: ChildProcess;
  task: Task | null;
  /** Ends the process if nobody waits for its task and it takes too long all the same. */
  patience: NodeJS.Timeout | null;
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
 * @remarks Processes and not threads: nothing but an end stops a computation that is under way, and ending a thread
 * in the middle of one takes the whole process down (onnxruntime-node 1.30). What a hostile picture breaks in a
 * decoder breaks there and not in the server. A job whose signal aborts leaves the queue at once; one that is being
 * worked on has a second more, then its process is ended and a new one takes the place.
 */
export class WorkerPool {
  readonly embedder: EmbedderIdentity;
  readonly #options: FacePipelineOptions;
  readonly #maxQueue: number;
  readonly #slots: Slot[];
  readonly #queue: Task[] = [];
  readonly #idle: (() => void)[] = [];
  #closed = false;
  #restarts = 0;

  private constructor(parts: {
    readonly workers: readonly ChildProcess[];
    readonly embedder: EmbedderIdentity;
    readonly options: FacePipelineOptions;
    readonly maxQueue: number;
  }) {
    this.embedder = parts.embedder;
    this.#options = parts.options;
    this.#maxQueue = parts.maxQueue;
    this.#slots = parts.workers.map((worker) => ({ worker, task: null, patience: null }));
    for (const slot of this.#slots) this.#listen(slot);
  }

  /** Starts the processes and waits until their models are loaded. */
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
      for (const { worker } of ready) worker.kill('SIGKILL');
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

  /** Processes that were ended, or ended, and were started anew. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Jobs that may wait or be worked on at once. */
  get capacity(): number {
    return this.#slots.length + this.#maxQueue;
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

  /** Waits for the jobs under way, then ends the processes. New jobs are refused. */
  async dispose(): Promise<void> {
    this.#closed = true;
    if (this.running + this.waiting > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    await Promise.all(
      this.#slots.map(async ({ worker }) => {
        worker.removeAllListeners();
        if (worker.exitCode !== null || worker.signalCode !== null) return;
        const ended = once(worker, 'exit');
        worker.kill('SIGKILL');
        await ended;
      }),
    );
  }

  #next(): void {
    for (const slot of this.#slots) {
      if (slot.task !== null) continue;
      const task = this.#queue.shift();
      if (!task) break;
      slot.task = task;
      send(slot.worker, task.job);
    }
    if (this.running + this.waiting === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  #abort(task: Task): void {
    const place = this.#queue.indexOf(task);
    if (place >= 0) this.#queue.splice(place, 1);
    const slot = this.#slots.find((candidate) => candidate.task === task);
    const error = abortError(task.signal);
    // What has had its whole time gets no more.
    if (slot && error.code === 'ERR_TIMEOUT') this.#replace(slot);
    else if (slot) slot.patience = setTimeout(() => this.#replace(slot), PATIENCE_MS);
    task.reject(error);
    this.#next();
  }

  #listen(slot: Slot): void {
    const { worker } = slot;
    worker.on('message', (message: WorkerMessage) => {
      if (slot.worker !== worker || message.type === 'ready') return;
      const task = this.#free(slot);
      if (message.type === 'result') task?.resolve(message.analysis);
      else task?.reject(toError(message));
      this.#next();
    });
    // A process that dies, out of memory for example, takes its picture with it and nothing else.
    const onEnd = (why: string): void => {
      if (slot.worker !== worker) return;
      const { task } = slot;
      this.#replace(slot);
      task?.reject(
        new FaceTriggerError('ERR_RUNTIME', `The process that looked at the picture ended: ${why}`),
      );
    };
    worker.on('error', ({ message }) => onEnd(message));
    worker.on('exit', (code, signal) => onEnd(String(signal ?? code)));
  }

  #free(slot: Slot): Task | null {
    const { task } = slot;
    if (slot.patience) clearTimeout(slot.patience);
    slot.task = null;
    slot.patience = null;
    return task;
  }

  #replace(slot: Slot): void {
    this.#restarts++;
    slot.worker.kill('SIGKILL');
    slot.worker = newWorker(this.#options);
    this.#free(slot);
    this.#listen(slot);
    // The new process takes its messages once its models are loaded; until then they wait in its pipe.
    this.#next();
  }
}

async function startWorker(
  options: FacePipelineOptions,
): Promise<{ worker: ChildProcess; embedder: EmbedderIdentity }> {
  const worker = newWorker(options);
  try {
    const controller = new AbortController();
    const onExit = (code: number | null, signal: string | null): void => {
      controller.abort(new Error(`it ended: ${signal ?? code}`));
    };
    worker.once('exit', onExit);
    const [message] = (await once(worker, 'message', { signal: controller.signal })) as [WorkerMessage];
    worker.off('exit', onExit);
    if (message.type === 'ready') return { worker, embedder: message.embedder };
    throw message.type === 'failure' ? toError(message) : new Error('unexpected message');
  } catch (error) {
    worker.kill('SIGKILL');
    if (error instanceof FaceTriggerError) throw error;
    throw new FaceTriggerError('ERR_RUNTIME', 'A process that looks at pictures did not start', {
      cause: error,
    });
  }
}

function newWorker(options: FacePipelineOptions): ChildProcess {
  const file = import.meta.url.endsWith('.ts') ? './image-worker.ts' : './image-worker.js';
  const worker = fork(fileURLToPath(new URL(file, import.meta.url)), {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  send(worker, options);
  return worker;
}

/** A process that is gone can't be sent anything; its end is told by its own event. */
function send(worker: ChildProcess, message: FacePipelineOptions | AnalysisJob): void {
  worker.send(message, () => undefined);
}

function toError({ code, message }: Extract<WorkerMessage, { type: 'failure' }>): Error {
  return code === null ? new Error(message) : new FaceTriggerError(code, message);
}

function abortError(signal: AbortSignal): FaceTriggerError {
  if (signal.reason instanceof FaceTriggerError) return signal.reason;
  return new FaceTriggerError('ERR_ABORTED', 'The request was cancelled', { cause: signal.reason });
}
