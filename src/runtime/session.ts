import { availableParallelism } from 'node:os';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { FaceTriggerError, invalidArgument } from '../errors.ts';
import { boundSizes } from '../onnx/bound-sizes.ts';
import { readModelInfo } from '../onnx/read-model-info.ts';
import { runNative } from './native-gate.ts';
import { assertTelemetryIsDecided } from './telemetry.ts';

/** A dense array that goes into or comes out of a model; row-major. */
export interface TensorValue {
  readonly type: 'float32' | 'uint8' | 'int8' | 'int32' | 'int64';
  readonly dims: readonly number[];
  readonly data: Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;
}

export interface OnnxSessionOptions {
  /** Threads that one run may use. @defaultValue {@link defaultThreads} */
  readonly threads?: number | undefined;
}

/** More threads than this do not pay for networks as small as the project's. */
const MAX_DEFAULT_THREADS = 4;

/** Number of threads that a session uses when it is not told: the machine's, four at most. */
export function defaultThreads(): number {
  return Math.min(MAX_DEFAULT_THREADS, availableParallelism());
}

/**
 * A model ready to run.
 *
 * @remarks The only door to onnxruntime. `run` computes on the calling thread (onnxruntime-node runs
 * synchronously), so the event loop waits for it; work that must not block belongs in a worker thread. Waiting
 * threads sleep instead of spinning: spinning slows everything else on a small machine.
 */
export class OnnxSession implements AsyncDisposable {
  readonly #createTensor: (value: TensorValue) => Tensor;
  #session: InferenceSession | null;

  private constructor(session: InferenceSession, createTensor: (value: TensorValue) => Tensor) {
    this.#session = session;
    this.#createTensor = createTensor;
  }

  /**
   * @param model - bytes of a self-contained ONNX file
   * @throws FaceTriggerError `ERR_MODEL_FORMAT` if the bytes are no model, refer to another file, hold a loop or an
   * operator that is not accepted, or could take far more memory than they are long
   */
  static async create(model: Uint8Array, options: OnnxSessionOptions = {}): Promise<OnnxSession> {
    const threads = options.threads ?? defaultThreads();
    if (!Number.isInteger(threads) || threads < 1) {
      throw invalidArgument('an integer >= 1', 'options.threads', threads);
    }
    const info = readModelInfo(model);
    if (info.hasExternalData) {
      throw new FaceTriggerError(
        'ERR_MODEL_FORMAT',
        'The ONNX model keeps data in another file; save it as one file',
      );
    }
    if (info.hasSubgraph) {
      throw new FaceTriggerError(
        'ERR_MODEL_FORMAT',
        'The ONNX model holds a loop or branch, which is not accepted',
      );
    }
    boundSizes(model, info.inputs);
    assertTelemetryIsDecided();
    const { InferenceSession, Tensor } = await import('onnxruntime-node');
    try {
      const session = await runNative(() =>
        InferenceSession.create(model, {
          executionProviders: ['cpu'],
          intraOpNumThreads: threads,
          interOpNumThreads: 1,
          executionMode: 'sequential',
          graphOptimizationLevel: 'all',
          logSeverityLevel: 3,
          // Without the format's name a file could pass for ONNX here and be read as ORT's own format there.
          extra: { session: { load_model_format: 'ONNX', intra_op: { allow_spinning: '0' } } },
        }),
      );
      return new OnnxSession(
        session,
        (value) => new Tensor(value.type, value.data as never, value.dims) as Tensor,
      );
    } catch (cause) {
      throw new FaceTriggerError('ERR_MODEL_FORMAT', `onnxruntime cannot load the model: ${reason(cause)}`, {
        cause,
      });
    }
  }

  get inputNames(): readonly string[] {
    return this.#open().inputNames;
  }

  get outputNames(): readonly string[] {
    return this.#open().outputNames;
  }

  /**
   * @param feeds - one tensor for each input of the model
   * @param outputs - names of the outputs wanted. @defaultValue all
   * @throws FaceTriggerError `ERR_RUNTIME` if onnxruntime fails, `ERR_DISPOSED` after dispose()
   */
  async run(
    feeds: Readonly<Record<string, TensorValue>>,
    outputs: readonly string[] = this.outputNames,
  ): Promise<Record<string, TensorValue>> {
    const session = this.#open();
    const tensors: Record<string, Tensor> = {};
    for (const [name, value] of Object.entries(feeds)) tensors[name] = this.#createTensor(value);
    try {
      return (await runNative(() => session.run(tensors, outputs))) as unknown as Record<string, TensorValue>;
    } catch (cause) {
      throw new FaceTriggerError('ERR_RUNTIME', `onnxruntime failed: ${reason(cause)}`, { cause });
    }
  }

  /** Frees the native session. Calling it again does nothing. */
  async dispose(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    if (session !== null) await runNative(() => session.release());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  #open(): InferenceSession {
    if (this.#session === null)
      throw new FaceTriggerError('ERR_DISPOSED', 'The model was used after dispose()');
    return this.#session;
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
