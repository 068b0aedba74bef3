/** Names of the tensors in a classifier file. */
export const CLASSIFIER_TENSORS = {
  /** float32 [n, d] */
  embeddings: 'embeddings',
  /** int64 [n] */
  label: 'label',
  /** float32 [n, k] */
  probabilities: 'probabilities',
  /** float32 [n, k]; only in files that face-trigger wrote. */
  distances: 'distances',
} as const;

/** Metadata properties of a classifier file that face-trigger wrote. */
export const CLASSIFIER_METADATA = {
  /** Version of this list, "1". */
  format: 'face_trigger.format',
  /** "svm" or "nearest". */
  kind: 'face_trigger.kind',
  /** Id of the embedder whose embeddings the classifier knows; absent if it was not told. */
  embedder: 'face_trigger.embedder',
  /** SHA-256 of the embedder's file, 64 lower-case hexadecimal digits. */
  embedderSha256: 'face_trigger.embedder_sha256',
  dimension: 'face_trigger.dimension',
  /** JSON: encoded labels in the order of the columns. */
  classes: 'face_trigger.classes',
  /** JSON: how scores or distances become probabilities. */
  calibration: 'face_trigger.calibration',
  /** The C of the machine; only kind "svm". */
  C: 'face_trigger.C',
  /** JSON: photos of each class that it learned from. */
  counts: 'face_trigger.counts',
  /** What the distances are measured to: "knn" or "centroid". */
  references: 'face_trigger.references',
  /** How distances are measured: "euclidean", which is also meant where it is absent, or "cosine". */
  metric: 'face_trigger.metric',
} as const;

/** The version of the format that this code writes and reads. */
export const CLASSIFIER_FORMAT = '1';
