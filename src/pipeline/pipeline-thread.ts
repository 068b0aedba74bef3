import { Worker } from 'node:worker_threads';
import { FaceTriggerError } from '../core/errors.ts';
import { isError } from '../core/is-kind.ts';
import type { Face } from '../core/pipeline/face.ts';
import { unpackError } from '../node/runtime/carried-error.ts';
import type { JobWorker } from '../node/runtime/job-pool.ts';
import type { WorkerMessage, WorkerReply, WorkerRequest, WorkerSettings } from './worker-messages.ts';

/** Young objects of a worker are collected early: the images among them hold much memory outside the heap. */
const LIMITS = { maxYoungGenerationSizeMb: 2 };

/** A worker thread with a face pipeline. While it has no image it does not keep the process alive. */
export class PipelineThread implements JobWorker<WorkerRequest, Face[]> {
  readonly ready: Promise<void>;
  readonly lost: Promise<Error>;
  readonly #worker: Worker;
  readonly #exited: Promise<unknown>;
  #answer: ((reply: WorkerReply) => void) | null = null;

  constructor(settings: WorkerSettings) {
    this.#worker = new Worker(workerFile(), { workerData: settings, resourceLimits: LIMITS });
    this.#exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.lost = new Promise((resolve) => {
      const die = (cause: unknown) => {
        const reason = isError(cause) ? cause.message : `exit status ${String(cause)}`;
        resolve(new FaceTriggerError('ERR_RUNTIME', `A worker thread died: ${reason}`, { cause }));
      };
      this.#worker.on('error', die);
      this.#worker.on('exit', die);
    });
    const started = new Promise<void>((resolve, reject) => {
      this.#worker.on('message', (reply: WorkerReply) => {
        if (reply.about === 'job') this.#answer?.(reply);
        else if (reply.error) reject(unpackError(reply.error));
        else {
          this.#worker.unref();
          resolve();
        }
      });
    });
    this.ready = Promise.race([started, this.lost.then((error) => Promise.reject(error))]);
    this.ready.catch(() => undefined);
  }

  run(request: WorkerRequest): Promise<Face[]> {
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#answer = ({ faces, error }) => {
        this.#answer = null;
        this.#worker.unref();
        if (error) reject(unpackError(error));
        else resolve(faces!);
      };
      this.#worker.postMessage(request satisfies WorkerMessage);
    });
  }

  async end(): Promise<void> {
    this.#answer = null;
    // It ends by itself after the image that it has, and frees its models.
    this.#worker.ref();
    this.#worker.postMessage(null satisfies WorkerMessage);
    await this.#exited;
  }
}

/** Node 20 cannot run TypeScript in a worker: from the sources, as tests do, the compiled worker is used. */
function workerFile(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(
    isSource ? '../../dist/pipeline/pipeline-worker.js' : './pipeline-worker.js',
    import.meta.url,
  );
}
