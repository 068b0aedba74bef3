import { unpackError } from '../core/carried-error.ts';
import { FaceTriggerError } from '../core/errors.ts';
import type { ModelProgress } from './fetch-source.ts';
import type { Calls, Response } from './messages.ts';

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((progress: ModelProgress) => void) | undefined;
}

/** Of pages that take scripts only from addresses that are vouched for (`require-trusted-types-for 'script'`). */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): unknown };
}

/** The address of the worker, vouched for where the page wants that: it is of the folder that the page named. */
function trusted(url: string): unknown {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes | undefined };
  return (
    trustedTypes?.createPolicy('face-trigger', { createScriptURL: (text) => text }).createScriptURL(url) ??
    url
  );
}

/** Asks a worker, and knows which answer belongs to which question. */
export class WorkerClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  /** Why nothing can be asked any more. */
  #ended: FaceTriggerError | null = null;

  /** @param url - of the worker's file, of the page's own origin */
  constructor(url: string) {
    try {
      this.#worker = new Worker(trusted(url) as string, { type: 'module', name: 'face-trigger' });
    } catch (cause) {
      const message = `The browser does not start the worker ${url}: ${String(cause)}`;
      throw new FaceTriggerError('ERR_UNAVAILABLE', message, { cause });
    }
    this.#worker.onmessage = ({ data }: MessageEvent<Response>) => this.#take(data);
    this.#worker.onerror = (event) => {
      const why = event.message || 'it is not there, or the security policy of the page forbids it';
      this.#end(new FaceTriggerError('ERR_UNAVAILABLE', `The worker ${url} failed: ${why}`));
    };
  }

  /** @param transfer - what is handed over and not copied */
  call<Name extends keyof Calls>(
    name: Name,
    given: Calls[Name]['given'],
    options: {
      readonly transfer?: Transferable[] | undefined;
      readonly onProgress?: ((progress: ModelProgress) => void) | undefined;
    } = {},
  ): Promise<Calls[Name]['answer']> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== null) return reject(this.#ended);
      const id = this.#next++;
      this.#worker.postMessage({ id, call: name, given }, options.transfer ?? []);
      this.#waiting.set(id, { resolve, reject, onProgress: options.onProgress });
    });
  }

  /** Ends the worker; who still waits is told. Calling it again does nothing. */
  end(): void {
    this.#end(new FaceTriggerError('ERR_DISPOSED', 'The pipeline was used after dispose()'));
  }

  #take(response: Response): void {
    const waiting = this.#waiting.get(response.id);
    if (waiting === undefined) return;
    if ('progress' in response) {
      waiting.onProgress?.(response.progress);
      return;
    }
    this.#waiting.delete(response.id);
    if ('error' in response) waiting.reject(unpackError(response.error));
    else waiting.resolve(response.answer as never);
  }

  #end(error: FaceTriggerError): void {
    this.#ended ??= error;
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}
