import { FaceTriggerError } from '../../core/errors.ts';
import { EMBEDDER_FEATURES, EMBEDDER_OUTPUT } from '../../models/dlib/embedder/embedder-format.ts';
import { findProducer, readFloatConstant } from '../../onnx/read-constant.ts';
import type { LinearLayer } from './embedding-head.ts';

/**
 * Reads the layer that turns pooled features into embeddings out of an embedder's file.
 *
 * @param bytes - an embedder that `models convert` wrote
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if the last layer is not one matrix in float32
 */
export function readLastLayer(bytes: Uint8Array): LinearLayer {
  const node = findProducer(bytes, EMBEDDER_OUTPUT);
  const [features, weightName = '', biasName] = node?.inputs ?? [];
  const weights = readFloatConstant(bytes, weightName);
  const biases = biasName === undefined ? null : readFloatConstant(bytes, biasName);
  const [inputs, outputs] = weights?.dims ?? [];
  const fits =
    node?.opType === 'Gemm' &&
    features === EMBEDDER_FEATURES &&
    weights?.dims.length === 2 &&
    inputs !== undefined &&
    outputs !== undefined &&
    (biasName === undefined || biases?.data.length === outputs);
  if (!fits) {
    throw new FaceTriggerError(
      'ERR_MODEL_FORMAT',
      'The last layer of the embedder is not a single float32 matrix, so it cannot be replaced by a learned one',
    );
  }
  return { inputs, outputs, weights: weights.data, biases: biases?.data ?? null };
}
