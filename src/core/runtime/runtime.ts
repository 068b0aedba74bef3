/** A dense array that goes into or comes out of a model; row-major. */
export interface TensorValue {
  readonly type: 'float32' | 'uint8' | 'int8' | 'int32' | 'int64';
  readonly dims: readonly number[];
  readonly data: Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;
}

/** What a run of a model may take; a file that could take more is refused. */
export interface RunLimits {
  /** Rows that go through the model at once, where their number is free. */
  readonly rows: number;
  /** Elements of all values together. */
  readonly elements: number;
  /** Multiplications and the like, see `workOf`. */
  readonly work: number;
}

/** Options of {@link Runtime.createSession}. */
export interface SessionOptions {
  /** Threads that one run may use, an integer >= 1. @defaultValue the runtime's choice */
  readonly threads?: number | undefined;
  /** @defaultValue those of a network */
  readonly limits?: RunLimits | undefined;
}

/** A model ready to run. */
export interface RuntimeSession extends AsyncDisposable {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * @param feeds - one tensor for each input of the model
   * @param outputs - names of the outputs wanted. @defaultValue all
   * @throws FaceTriggerError `ERR_RUNTIME` if the runtime fails, `ERR_DISPOSED` after dispose()
   */
  run(
    feeds: Readonly<Record<string, TensorValue>>,
    outputs?: readonly string[],
  ): Promise<Record<string, TensorValue>>;
  /** Frees the model. Calling it again does nothing. */
  dispose(): Promise<void>;
}

/** Runs ONNX models: onnxruntime-node in Node, another one in a browser. */
export interface Runtime {
  /**
   * @param model - bytes of a self-contained ONNX file, which nobody has looked at yet
   * @throws FaceTriggerError `ERR_MODEL_FORMAT` if the bytes are no model or one that is not accepted
   */
  createSession(model: Uint8Array, options?: SessionOptions): Promise<RuntimeSession>;
}
