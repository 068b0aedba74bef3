import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { unpackError } from '../core/carried-error.ts';
import type { EmbedderProfile } from '../core/embed/embedder-profile.ts';
import { FaceTriggerError } from '../core/errors.ts';
import type { JobWorker } from '../node/runtime/job-pool.ts';
import type { SentPipelineOptions } from '../pipeline/sent-options.ts';
import type { Analysis, AnalysisJob, WorkerMessage } from './analysis-job.ts';

/** A process that looks at pictures. */
export class ImageProcess implements JobWorker<AnalysisJob, Analysis> {
  /** What its faces are embedded with. */
  readonly ready: Promise<EmbedderProfile>;
  readonly lost: Promise<Error>;
  readonly #child: ChildProcess;
  #answer: ((message: WorkerMessage) => void) | null = null;

  /** @param accept - looks at what the process embeds with, and throws where that cannot be used */
  constructor(options: SentPipelineOptions, accept: (embedder: EmbedderProfile) => void) {
    const file = import.meta.url.endsWith('.ts') ? './image-worker.ts' : './image-worker.js';
    this.#child = fork(fileURLToPath(new URL(file, import.meta.url)), {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    // A process that dies, out of memory for example, takes its picture with it and nothing else.
    this.lost = new Promise((resolve) => {
      const die = (why: string) =>
        resolve(new FaceTriggerError('ERR_RUNTIME', `The process that looked at the picture ended: ${why}`));
      this.#child.on('error', ({ message }) => die(message));
      this.#child.on('exit', (code, signal) => die(String(signal ?? code)));
    });
    const started = new Promise<EmbedderProfile>((resolve, reject) => {
      this.#answer = (message) => {
        if (message.type === 'failure') reject(unpackError(message.error));
        else if (message.type === 'ready') resolve(message.embedder);
      };
    });
    this.#child.on('message', (message: WorkerMessage) => this.#answer?.(message));
    const died = this.lost.then((cause) => {
      throw new FaceTriggerError('ERR_RUNTIME', 'A process that looks at pictures did not start', { cause });
    });
    this.ready = Promise.race([started, died]).then((embedder) => {
      accept(embedder);
      return embedder;
    });
    this.ready.catch(() => undefined);
    this.#send(options);
  }

  run(job: AnalysisJob): Promise<Analysis> {
    return new Promise((resolve, reject) => {
      this.#answer = (message) => {
        this.#answer = null;
        if (message.type === 'result') resolve(message.analysis);
        else if (message.type === 'failure') reject(unpackError(message.error));
      };
      this.#send(job);
    });
  }

  async end(): Promise<void> {
    this.#answer = null;
    const { exitCode, signalCode, pid } = this.#child;
    if (exitCode !== null || signalCode !== null || pid === undefined) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  /** A process that is gone can't be sent anything; its end is told by its own event. */
  #send(message: SentPipelineOptions | AnalysisJob): void {
    this.#child.send(message, () => undefined);
  }
}
