import { expectation, FaceTriggerError } from '../errors.ts';

/** Distance below which dlib's embedder means the same person. Source: dlib, dnn_face_recognition_ex.cpp. */
export const DEFAULT_MAX_DISTANCE = 0.6;
/**
 * Distance below which a face is named among enrolled people. A stranger has a chance with every enrolled photo, so
 * this is stricter than between two photos: the inner edge of the margin that the network was trained with, 0.6 -
 * 0.04, within which photos of one person were to lie. Source: dlib, loss_metric's distance threshold and margin.
 */
export const DEFAULT_IDENTIFY_MAX_DISTANCE = 0.56;

/**
 * Distance up to which two faces are one photo: saved again, read with another detection, or the next frame of a video.
 *
 * @remarks Measured on ten photos of the tests: up to 0.047 for the same photo saved as JPEG of quality 80 and 95, in
 * other formats, or searched with other settings; the nearest of different photos of a person are 0.17 apart.
 */
export const SAME_PHOTO_DISTANCE = 0.05;

/** Whether two embeddings are at most a distance apart; faster than measuring it. */
export function isWithinDistance(a: Float32Array, b: Float32Array, maxDistance: number): boolean {
  const limit = maxDistance ** 2;
  let sum = 0;
  for (let i = 0; i < a.length && sum <= limit; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum <= limit;
}

/**
 * Euclidean distance between two embeddings.
 *
 * @returns 0 (the same) upwards
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH` if the lengths differ
 */
export function euclideanDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assertSameLength(a, b);
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}

/**
 * Cosine of the angle between two embeddings.
 *
 * @returns -1 .. 1; 0 when either is all zero
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH` if the lengths differ
 */
export function cosineSimilarity(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assertSameLength(a, b);
  let dot = 0;
  let squareA = 0;
  let squareB = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    squareA += a[i]! * a[i]!;
    squareB += b[i]! * b[i]!;
  }
  const norm = Math.sqrt(squareA * squareB);
  return norm > 0 ? dot / norm : 0;
}

/**
 * A new embedding in the same direction; all zeros stay zeros.
 *
 * @param length - of the result. @defaultValue 1
 */
export function normalizeEmbedding(embedding: Float32Array, length = 1): Float32Array {
  let square = 0;
  for (const value of embedding) square += value * value;
  const norm = Math.sqrt(square);
  return norm > 0 ? embedding.map((value) => (value / norm) * length) : embedding.slice();
}

/** The component-wise mean of at least one embedding. */
export function meanEmbedding(embeddings: readonly Float32Array[]): Float32Array {
  const first = embeddings[0];
  if (first === undefined) {
    throw new FaceTriggerError('ERR_SHAPE_MISMATCH', expectation('at least one embedding', 'embeddings', []));
  }
  const sum = new Float64Array(first.length);
  for (const embedding of embeddings) {
    assertSameLength(first, embedding);
    for (let i = 0; i < sum.length; i++) sum[i]! += embedding[i]!;
  }
  return Float32Array.from(sum, (value) => value / embeddings.length);
}

function assertSameLength(a: ArrayLike<number>, b: ArrayLike<number>): void {
  if (a.length === b.length) return;
  const message = expectation(`an embedding of ${a.length} numbers`, 'the second embedding', b.length);
  throw new FaceTriggerError('ERR_SHAPE_MISMATCH', message);
}
