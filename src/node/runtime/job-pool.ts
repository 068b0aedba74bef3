import { ERROR_CODES, FaceTriggerError } from '../../core/errors.ts';
import { FairQueue } from './fair-queue.ts';

/** A thread or process that does one job at a time. */
export interface JobWorker<Job, Result> {
  /** Settles when it can take jobs, or with the reason why it never will. */
  readonly ready: Promise<unknown>;
  /** Resolves with what to tell its job if it ends by itself; from then on `run` does not answer. */
  readonly lost: Promise<Error>;
  run(job: Job): Promise<Result>;
  /** Ends it; the job that it has is not answered. Calling it again does nothing. */
  end(): Promise<void>;
}

/** Options of {@link JobPool.create}. */
export interface JobPoolOptions<Job, Result> {
  readonly start: () => JobWorker<Job, Result>;
  /** Workers, integer >= 1. */
  readonly size: number;
  /** Jobs that may wait. @defaultValue no limit */
  readonly maxQueue?: number | undefined;
  /**
   * How long a job that nobody waits for any more is worked on before its worker is ended and replaced; one that ran
   * into its time limit gets no more. @defaultValue until it is done
   */
  readonly patienceMs?: number | undefined;
  /** Called each time that a worker cannot start, with the time until the next try. */
  readonly onProblem?: ((error: Error, retryMs: number) => void) | undefined;
}

/** Options of {@link JobPool.run}. */
export interface RunOptions {
  /** Takes the job back. */
  readonly signal?: AbortSignal | undefined;
  /** Whose job it is; owners take turns. @defaultValue all jobs are one owner's */
  readonly owner?: string | undefined;
}

interface Task<Job, Result> {
  readonly job: Job;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

interface Slot<Job, Result> {
  worker: JobWorker<Job, Result> | null;
  isReady: boolean;
  /** When it was last started, by `performance.now()`. */
  startedAt: number;
  task: Task<Job, Result> | null;
  /** Why the last start failed, until one succeeds. */
  problem: Error | null;
  failures: number;
  /** Whether the worker has done a job. */
  isProven: boolean;
  retry: NodeJS.Timeout | null;
  patience: NodeJS.Timeout | null;
}

/** Pause before a worker that could not start is started again; it doubles up to the longest. */
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;

/**
 * Workers with a queue.
 *
 * @remarks A worker that dies fails its job and is replaced at once. One that cannot start, or dies before it did
 * anything, is tried again after a pause that grows; once no worker is left, jobs are refused with the reason.
 */
export class JobPool<Job, Result> {
  readonly #options: JobPoolOptions<Job, Result>;
  readonly #maxQueue: number;
  readonly #slots: readonly Slot<Job, Result>[];
  readonly #queue = new FairQueue<Task<Job, Result>>();
  readonly #drained: (() => void)[] = [];
  readonly #ending = new Set<Promise<void>>();
  #isOpen = false;
  #isClosed = false;
  #restarts = 0;

  private constructor(options: JobPoolOptions<Job, Result>) {
    this.#options = options;
    this.#maxQueue = options.maxQueue ?? Number.POSITIVE_INFINITY;
    this.#slots = Array.from({ length: options.size }, () => ({
      ...{
        worker: null,
        isReady: false,
        startedAt: 0,
        task: null,
        problem: null,
        failures: 0,
        isProven: false,
      },
      ...{ retry: null, patience: null },
    }));
  }

  /** Starts the workers and waits for them. @throws what keeps one of them from starting */
  static async create<Job, Result>(options: JobPoolOptions<Job, Result>): Promise<JobPool<Job, Result>> {
    const pool = new JobPool(options);
    for (const slot of pool.#slots) pool.#launch(slot);
    await Promise.allSettled(pool.#slots.map(async ({ worker }) => worker?.ready));
    const failure = pool.#slots.find(({ problem }) => problem !== null)?.problem;
    if (failure) {
      await pool.dispose();
      throw failure;
    }
    pool.#isOpen = true;
    return pool;
  }

  /** Workers, also those that cannot start at the moment. */
  get size(): number {
    return this.#slots.length;
  }

  /** Jobs that wait. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Jobs that are worked on. */
  get running(): number {
    return this.#slots.filter(({ task }) => task !== null).length;
  }

  /** Workers that can take jobs, or have one. */
  get ready(): number {
    return this.#slots.filter(({ isReady }) => isReady).length;
  }

  /** Milliseconds that all workers but those that cannot start have been starting; 0 while one is ready. */
  get startingMs(): number {
    if (this.ready > 0) return 0;
    const began = this.#slots.flatMap(({ worker, startedAt }) => (worker === null ? [] : [startedAt]));
    return began.length === 0 ? 0 : performance.now() - Math.max(...began);
  }

  /** Workers that ended, or were ended, and were started anew. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Jobs that may wait or be worked on at once. */
  get capacity(): number {
    return this.size + this.#maxQueue;
  }

  /** Whether there is room for no more jobs. */
  get isFull(): boolean {
    return this.running + this.waiting >= this.capacity;
  }

  /**
   * Whether one more job of an owner would be refused. A full queue still takes the job of whoever has fewer in it than
   * somebody else, whose last one it refuses instead.
   */
  isFullFor(owner: string): boolean {
    return this.isFull && this.#queue.outbidBy(owner) === null;
  }

  /** Why no worker takes jobs, `ERR_UNAVAILABLE` with the reason as its cause; null while one works or may yet. */
  get problem(): FaceTriggerError | null {
    const problems = this.#slots.flatMap(({ problem }) => (problem === null ? [] : [problem]));
    return problems.length < this.size ? null : unavailable(problems[0]!);
  }

  /**
   * Does a job.
   *
   * @throws FaceTriggerError `ERR_TOO_MANY_REQUESTS` where the queue is full, `ERR_UNAVAILABLE`, `ERR_DISPOSED`,
   * `ERR_ABORTED` or the signal's own FaceTriggerError, and what the work throws
   */
  run(job: Job, { signal, owner = '' }: RunOptions = {}): Promise<Result> {
    if (this.#isClosed) return Promise.reject(disposedError());
    if (signal?.aborted) return Promise.reject(abortError(signal));
    const { problem } = this;
    if (problem) return Promise.reject(problem);
    if (this.isFull) {
      const message = `The queue of ${this.#maxQueue} pictures is full; try again later`;
      const full = new FaceTriggerError('ERR_TOO_MANY_REQUESTS', message);
      const other = this.#queue.outbidBy(owner);
      if (other === null) return Promise.reject(full);
      this.#queue.remove(other);
      other.reject(full);
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => this.#abort(task, abortError(signal!));
      const done = () => signal?.removeEventListener('abort', onAbort);
      const task: Task<Job, Result> = {
        job,
        resolve: (result) => {
          done();
          resolve(result);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#queue.add(task, owner);
      this.#next();
    });
  }

  /**
   * Ends the workers; new jobs are refused.
   *
   * @param options.drain - first wait for the jobs under way and in the queue; otherwise they fail with
   * `ERR_DISPOSED`. @defaultValue false
   */
  async dispose({ drain = false }: { readonly drain?: boolean | undefined } = {}): Promise<void> {
    this.#isClosed = true;
    if (drain && this.running + this.waiting > 0) {
      await new Promise<void>((resolve) => this.#drained.push(resolve));
    }
    for (const task of this.#queue.clear()) task.reject(disposedError());
    for (const slot of this.#slots) {
      if (slot.retry) clearTimeout(slot.retry);
      this.#end(slot);
      this.#free(slot)?.reject(disposedError());
    }
    await Promise.all(this.#ending);
  }

  #launch(slot: Slot<Job, Result>): void {
    slot.isProven = false;
    slot.startedAt = performance.now();
    let worker: JobWorker<Job, Result>;
    try {
      worker = this.#options.start();
    } catch (error) {
      this.#fail(slot, error as Error);
      return;
    }
    slot.worker = worker;
    const isCurrent = () => slot.worker === worker;
    worker.ready.then(
      () => {
        if (!isCurrent()) return;
        Object.assign(slot, { isReady: true, problem: null, failures: 0 });
        this.#next();
      },
      (error: Error) => {
        if (isCurrent()) this.#fail(slot, error);
      },
    );
    void worker.lost.then((error) => {
      if (!isCurrent() || !slot.isReady) return;
      const task = this.#free(slot);
      if (task === null && !slot.isProven) this.#fail(slot, error);
      else this.#replace(slot);
      task?.reject(error);
    });
  }

  #fail(slot: Slot<Job, Result>, error: Error): void {
    this.#end(slot);
    slot.problem = error;
    if (this.#isOpen && !this.#isClosed) {
      const retryMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** slot.failures++);
      slot.retry = setTimeout(() => this.#launch(slot), retryMs).unref();
      this.#options.onProblem?.(error, retryMs);
    }
    const { problem } = this;
    if (problem) for (const task of this.#queue.clear()) task.reject(problem);
    this.#next();
  }

  #replace(slot: Slot<Job, Result>): void {
    this.#restarts++;
    this.#end(slot);
    this.#free(slot);
    this.#launch(slot);
    this.#next();
  }

  #end(slot: Slot<Job, Result>): void {
    const ended = slot.worker?.end();
    slot.worker = null;
    slot.isReady = false;
    if (!ended) return;
    this.#ending.add(ended);
    void ended.finally(() => this.#ending.delete(ended));
  }

  #next(): void {
    for (const slot of this.#slots) {
      if (!slot.isReady || slot.task !== null) continue;
      const task = this.#queue.take();
      if (!task) break;
      this.#work(slot, task);
    }
    if (this.running + this.waiting === 0) for (const resolve of this.#drained.splice(0)) resolve();
  }

  #work(slot: Slot<Job, Result>, task: Task<Job, Result>): void {
    slot.task = task;
    const worker = slot.worker!;
    const finish = (settle: () => void) => {
      if (slot.worker !== worker) return;
      this.#free(slot);
      slot.isProven = true;
      settle();
      this.#next();
    };
    worker.run(task.job).then(
      (result) => finish(() => task.resolve(result)),
      (error: Error) => finish(() => task.reject(error)),
    );
  }

  #abort(task: Task<Job, Result>, error: FaceTriggerError): void {
    const { patienceMs } = this.#options;
    this.#queue.remove(task);
    const slot = this.#slots.find((candidate) => candidate.task === task);
    if (slot && patienceMs !== undefined) {
      if (error.code === 'ERR_TIMEOUT') this.#replace(slot);
      else slot.patience = setTimeout(() => this.#replace(slot), patienceMs);
    }
    task.reject(error);
    this.#next();
  }

  #free(slot: Slot<Job, Result>): Task<Job, Result> | null {
    const { task } = slot;
    if (slot.patience) clearTimeout(slot.patience);
    slot.task = null;
    slot.patience = null;
    return task;
  }
}

/** Says what kind of thing is missing, but not where: the message goes to clients of a server too. */
function unavailable(cause: Error): FaceTriggerError {
  const code = cause instanceof FaceTriggerError ? cause.code : 'ERR_RUNTIME';
  const message = `No worker can start: ${ERROR_CODES[code]} (${code}) A new start is tried after a pause`;
  return new FaceTriggerError('ERR_UNAVAILABLE', message, { cause });
}

function disposedError(): FaceTriggerError {
  return new FaceTriggerError('ERR_DISPOSED', 'The pool was used after dispose()');
}

function abortError(signal: AbortSignal): FaceTriggerError {
  if (signal.reason instanceof FaceTriggerError) return signal.reason;
  return new FaceTriggerError('ERR_ABORTED', 'The work was canceled', { cause: signal.reason });
}
