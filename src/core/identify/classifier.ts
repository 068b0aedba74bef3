/** Says which of the people that it knows an embedding is most like. */
export interface Classifier extends AsyncDisposable {
  /** 'svm', 'nearest', or 'foreign' for a file that another program made. */
  readonly kind: string;
  /** Length of the embeddings that it takes. */
  readonly dimension: number;
  /** Encoded labels of the k people, in the order of the columns of {@link ClassifierResult}. */
  readonly classes: readonly number[];
  /**
   * Classifies n embeddings, n >= 0.
   *
   * @throws FaceTriggerError `ERR_SHAPE_MISMATCH` for another dimension, `ERR_INVALID_ARGUMENT` for NaN or
   * infinity, `ERR_RUNTIME`, `ERR_DISPOSED`
   */
  predict(embeddings: readonly Float32Array[]): Promise<ClassifierResult>;
  /** Frees native memory. Calling it again does nothing. */
  dispose(): Promise<void>;
}

/**
 * What a classifier says about n embeddings.
 *
 * @remarks `probabilities` of kind 'svm' (and of most foreign files) sum to 1 over the known people, so a
 * stranger's can be high for somebody. Whoever may meet strangers must look at `distances` too. Those of kind
 * 'nearest' leave the rest to "nobody".
 */
export interface ClassifierResult {
  /** n */
  readonly count: number;
  /** [n] most probable label of each embedding. */
  readonly labels: Int32Array;
  /** [n, k] row-major, 0 .. 1. */
  readonly probabilities: Float32Array;
  /**
   * [n, k] row-major, distance in the classifier's metric to each person's nearest reference (a photo, or the centroid);
   * `null` where the file does not give any.
   */
  readonly distances: Float32Array | null;
}
