import { availableParallelism } from 'node:os';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import { isError } from '../../core/is-kind.ts';
import type { Runtime, RuntimeSession, SessionOptions, TensorValue } from '../../core/runtime/runtime.ts';
import { assertRunnable } from '../../onnx/assert-runnable.ts';
import { hostArrays } from './host-realm.ts';
import { loadOnnxruntime } from './load-onnxruntime.ts';
import { runNative } from './native-gate.ts';
import { assertTelemetryIsDecided } from './telemetry.ts';

/** onnxruntime in Node. */
export const NODE_RUNTIME: Runtime = {
  createSession: (model, options) => OnnxSession.create(model, options),
};

/** More threads than this do not pay for networks as small as the project's. */
const MAX_DEFAULT_THREADS = 4;

const OWN_ARRAYS: Readonly<Record<string, (typeof hostArrays)[TensorValue['type']]>> = {
  float32: Float32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  int32: Int32Array,
  int64: BigInt64Array,
};

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
export class OnnxSession implements RuntimeSession {
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
  static async create(model: Uint8Array, options: SessionOptions = {}): Promise<OnnxSession> {
    const threads = options.threads ?? defaultThreads();
    if (!Number.isInteger(threads) || threads < 1) {
      throw invalidArgument('an integer >= 1', 'options.threads', threads);
    }
    assertRunnable(model, options.limits);
    assertTelemetryIsDecided();
    const { InferenceSession, Tensor } = loadOnnxruntime();
    try {
      const session = await runNative(() =>
        InferenceSession.create(inHost('uint8', model) as Uint8Array, {
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
        ({ type, data, dims }) => new Tensor(type, inHost(type, data) as never, dims) as Tensor,
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
      const results = await runNative(() => session.run(tensors, outputs));
      return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, fromHost(value)]));
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

/** The same memory as an array that onnxruntime knows. */
function inHost(type: TensorValue['type'], data: TensorValue['data']): TensorValue['data'] {
  const HostArray = hostArrays[type];
  return data instanceof HostArray
    ? data
    : new HostArray(data.buffer as ArrayBuffer, data.byteOffset, data.length);
}

/** The same memory as an array that the program knows. */
function fromHost({ type, data, dims }: Tensor): TensorValue {
  const OwnArray = OWN_ARRAYS[type];
  const array = data as TensorValue['data'];
  // Of a type that no model of ours gives: who asked for it looks at it.
  if (OwnArray === undefined || array instanceof OwnArray) return { type, dims, data } as TensorValue;
  return {
    type,
    dims,
    data: new OwnArray(array.buffer as ArrayBuffer, array.byteOffset, array.length),
  } as TensorValue;
}

function reason(cause: unknown): string {
  return isError(cause) ? cause.message : String(cause);
}
