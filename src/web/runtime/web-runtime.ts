import type * as Onnxruntime from 'onnxruntime-common';
import { FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import { isError } from '../../core/is-kind.ts';
import type { Runtime, RuntimeSession, SessionOptions, TensorValue } from '../../core/runtime/runtime.ts';
import { assertRunnable } from '../../onnx/assert-runnable.ts';

/** onnxruntime-web as its modules give it, whichever of them. */
export type OnnxruntimeWeb = Pick<typeof Onnxruntime, 'InferenceSession' | 'Tensor' | 'env'>;

/** Where the WebAssembly of onnxruntime-web is, and how much of the machine it may use. */
export interface WebRuntimeOptions {
  /** Address of `ort-wasm-simd-threaded.wasm`. */
  readonly wasm: string;
  /** Address of `ort-wasm-simd-threaded.mjs`. @defaultValue what the module of onnxruntime-web carries */
  readonly mjs?: string | undefined;
  /** @defaultValue {@link usableThreads} */
  readonly threads?: number | undefined;
}

/** More threads than this do not pay for networks as small as the project's. */
const MAX_DEFAULT_THREADS = 4;

/** Threads that WebAssembly can use here: several need memory that is shared, which only isolated pages have. */
export function usableThreads(): number {
  if (!globalThis.crossOriginIsolated) return 1;
  return Math.min(MAX_DEFAULT_THREADS, navigator.hardwareConcurrency || 1);
}

/**
 * onnxruntime-web, in WebAssembly with SIMD.
 *
 * @remarks Its threads are chosen once for all sessions: `threads` of a session is checked and not followed. `run`
 * computes on the calling thread, so a page that must not stutter has it in a worker.
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, `ERR_UNSUPPORTED_OPTION` for threads where the page is not isolated
 */
export function createWebRuntime(
  { InferenceSession, Tensor, env }: OnnxruntimeWeb,
  { wasm, mjs, threads = usableThreads() }: WebRuntimeOptions,
): Runtime {
  assertThreads(threads);
  if (threads > 1 && !globalThis.crossOriginIsolated) {
    const message = `${threads} threads need a page that is isolated (headers COOP and COEP); this one is not`;
    throw new FaceTriggerError('ERR_UNSUPPORTED_OPTION', message);
  }
  env.wasm.wasmPaths = { wasm, ...(mjs !== undefined && { mjs }) };
  env.wasm.numThreads = threads;
  // Errors come as exceptions; warnings of the runtime are no business of a page's console.
  env.logLevel = 'error';
  return {
    async createSession(model: Uint8Array, options: SessionOptions = {}): Promise<RuntimeSession> {
      if (options.threads !== undefined) assertThreads(options.threads);
      assertRunnable(model, options.limits);
      try {
        const session = await InferenceSession.create(model, {
          executionProviders: ['wasm'],
          executionMode: 'sequential',
          graphOptimizationLevel: 'all',
          logSeverityLevel: 3,
          // Without the format's name a file could pass for ONNX here and be read as ORT's own format there.
          extra: { session: { load_model_format: 'ONNX', intra_op: { allow_spinning: '0' } } },
        });
        return new WebSession(session, Tensor);
      } catch (cause) {
        throw new FaceTriggerError(
          'ERR_MODEL_FORMAT',
          `onnxruntime cannot load the model: ${reason(cause)}`,
          {
            cause,
          },
        );
      }
    },
  };
}

class WebSession implements RuntimeSession {
  readonly #Tensor: OnnxruntimeWeb['Tensor'];
  #session: Onnxruntime.InferenceSession | null;

  constructor(session: Onnxruntime.InferenceSession, Tensor: OnnxruntimeWeb['Tensor']) {
    this.#session = session;
    this.#Tensor = Tensor;
  }

  get inputNames(): readonly string[] {
    return this.#open().inputNames;
  }

  get outputNames(): readonly string[] {
    return this.#open().outputNames;
  }

  async run(
    feeds: Readonly<Record<string, TensorValue>>,
    outputs: readonly string[] = this.outputNames,
  ): Promise<Record<string, TensorValue>> {
    const session = this.#open();
    try {
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([name, { type, data, dims }]) => [
          name,
          new this.#Tensor(type, data as never, dims) as Onnxruntime.Tensor,
        ]),
      );
      const results = await session.run(tensors, outputs);
      return Object.fromEntries(
        Object.entries(results).map(([name, { type, data, dims }]) => [
          name,
          { type, dims, data } as TensorValue,
        ]),
      );
    } catch (cause) {
      throw new FaceTriggerError('ERR_RUNTIME', `onnxruntime failed: ${reason(cause)}`, { cause });
    }
  }

  async dispose(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await session?.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  #open(): Onnxruntime.InferenceSession {
    if (this.#session === null)
      throw new FaceTriggerError('ERR_DISPOSED', 'The model was used after dispose()');
    return this.#session;
  }
}

function assertThreads(threads: number): void {
  if (!Number.isInteger(threads) || threads < 1) {
    throw invalidArgument('an integer >= 1', 'options.threads', threads);
  }
}

function reason(cause: unknown): string {
  return isError(cause) ? cause.message : String(cause);
}
