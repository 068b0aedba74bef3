import { type ResourceLimits, Worker } from 'node:worker_threads';
import { type CarriedError, unpackError } from '../../core/carried-error.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import { isError } from '../../core/is-kind.ts';
import type { JobWorker } from './job-pool.ts';

/** What goes to a thread: a job, or `null`, which asks it to free what it has and end. */
export type ThreadMessage<Job> = { readonly job: Job } | null;

/** What comes back: about its start, what it says of itself or why it cannot; then about each job. */
export type ThreadReply<Result, Facts = undefined> =
  | { readonly about: 'start'; readonly facts: Facts }
  | { readonly about: 'job'; readonly result: Result }
  | { readonly about: 'start' | 'job'; readonly error: CarriedError };

/**
 * A worker thread whose file calls `serveThread`. While it has no job it does not keep the process alive.
 *
 * @typeParam Facts - what it says of itself once it has started
 */
export class WorkerThread<Job, Result, Facts = undefined> implements JobWorker<Job, Result> {
  readonly ready: Promise<Facts>;
  readonly lost: Promise<Error>;
  readonly #worker: Worker;
  readonly #exited: Promise<unknown>;
  #answer: ((reply: ThreadReply<Result, Facts>) => void) | null = null;

  /** @param options.settings - what the file is told, as `workerData` */
  constructor(
    file: URL,
    options: { readonly settings: unknown; readonly resourceLimits?: ResourceLimits | undefined },
  ) {
    const { settings, resourceLimits } = options;
    this.#worker = new Worker(file, { workerData: settings, ...(resourceLimits && { resourceLimits }) });
    this.#exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.lost = new Promise((resolve) => {
      const die = (cause: unknown) => {
        const reason = isError(cause) ? cause.message : `exit status ${String(cause)}`;
        resolve(new FaceTriggerError('ERR_RUNTIME', `A worker thread died: ${reason}`, { cause }));
      };
      this.#worker.on('error', die);
      this.#worker.on('exit', die);
    });
    const started = new Promise<Facts>((resolve, reject) => {
      this.#worker.on('message', (reply: ThreadReply<Result, Facts>) => {
        if (reply.about === 'job') this.#answer?.(reply);
        else if ('error' in reply) reject(unpackError(reply.error));
        else {
          this.#worker.unref();
          resolve(reply.facts);
        }
      });
    });
    this.ready = Promise.race([started, this.lost.then((error) => Promise.reject(error))]);
    this.ready.catch(() => undefined);
  }

  run(job: Job): Promise<Result> {
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#answer = (reply) => {
        this.#answer = null;
        this.#worker.unref();
        if ('error' in reply) reject(unpackError(reply.error));
        else if (reply.about === 'job') resolve(reply.result);
      };
      this.#worker.postMessage({ job } satisfies ThreadMessage<Job>);
    });
  }

  async end(): Promise<void> {
    this.#answer = null;
    // It ends by itself after the job that it has, and frees what it has.
    this.#worker.ref();
    this.#worker.postMessage(null);
    await this.#exited;
  }
}
