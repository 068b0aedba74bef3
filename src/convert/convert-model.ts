import { createHash } from 'node:crypto';
import { FaceTriggerError } from '../core/errors.ts';
import { BLOCK_DETECTOR_INPUT, DETECTOR_INPUT } from '../models/dlib/detector/mmod-format.ts';
import { EMBEDDER_INPUT } from '../models/dlib/embedder/embedder-format.ts';
import { encodeLandmarkFile, isLandmarkFile } from '../models/dlib/landmarks/landmark-file.ts';
import type { ModelKind } from '../models/model-pack.ts';
import { readModelInfo } from '../onnx/read-model-info.ts';
import { convertDetector } from './convert-detector.ts';
import { convertEmbedder } from './convert-embedder.ts';
import { readDlibNetwork } from './dlib/network.ts';
import { readShapePredictor } from './dlib/shape-predictor.ts';
import type { ActivationRange } from './int8-graph.ts';
import { quantizeDetector } from './quantize-detector.ts';
import { quantizeEmbedder } from './quantize-embedder.ts';

/** Grows whenever the same source would be converted to other bytes, so that cached conversions are made anew. */
export const CONVERTER_VERSION = 3;

export interface ConvertedModel {
  readonly kind: Exclude<ModelKind, 'liveness'>;
  readonly bytes: Uint8Array;
}

/** Key of the metadata property that names the SHA-256 of the file a model was converted from. */
export const SOURCE_HASH_KEY = 'face_trigger.source_sha256';

/**
 * Turns one of dlib's model files into what face-trigger loads: ONNX for networks, flat trees for landmarks.
 *
 * @param source - bytes of a dlib .dat file
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if it is none of the three kinds, cut or altered
 */
export function convertModel(source: Uint8Array): ConvertedModel {
  const metadata = { [SOURCE_HASH_KEY]: sha256(source) };
  // A network starts with its loss layer's name, a shape predictor with a matrix; both after the integer 1.
  if (!startsWithName(source)) {
    return { kind: 'landmarks', bytes: encodeLandmarkFile(readShapePredictor(source)) };
  }
  const network = readDlibNetwork(source);
  return network.loss.kind === 'mmod'
    ? { kind: 'detector', bytes: convertDetector(network, metadata) }
    : { kind: 'embedder', bytes: convertEmbedder(network, metadata) };
}

/**
 * Quantizes one of dlib's networks to 8 bits.
 *
 * @param source - bytes of a dlib .dat file
 * @param ranges - of the network's values on real images
 * @returns the model, and the hash that stands for it: its embeddings differ from those of the float network
 * @throws FaceTriggerError `ERR_MODEL_FORMAT`
 */
export function quantizeModel(
  source: Uint8Array,
  ranges: readonly ActivationRange[],
): { readonly identity: string; readonly bytes: Uint8Array } {
  const identity = sha256(Buffer.from(`${sha256(source)} int8 ${JSON.stringify(ranges)}`));
  const metadata = { [SOURCE_HASH_KEY]: identity };
  const network = readDlibNetwork(source);
  const quantize = network.loss.kind === 'mmod' ? quantizeDetector : quantizeEmbedder;
  return { identity, bytes: quantize(network, ranges, metadata) };
}

/**
 * Says of which kind a file is that {@link convertModel} made.
 *
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if it is none
 */
export function inspectModel(bytes: Uint8Array): ModelKind {
  if (isLandmarkFile(bytes)) return 'landmarks';
  const inputs = readModelInfo(bytes).inputs.map((input) => input.name);
  if (inputs.length === 1 && (inputs[0] === DETECTOR_INPUT || inputs[0] === BLOCK_DETECTOR_INPUT))
    return 'detector';
  if (inputs.length === 1 && inputs[0] === EMBEDDER_INPUT) return 'embedder';
  throw new FaceTriggerError(
    'ERR_MODEL_FORMAT',
    `Expected an ONNX model with the one input "${DETECTOR_INPUT}" or "${EMBEDDER_INPUT}", as "face-trigger models ` +
      `convert" writes it, but received one with ${inputs.length === 0 ? 'no input' : `"${inputs.join('", "').slice(0, 80)}"`}`,
  );
}

/** SHA-256 in lower-case hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** After the integer 1 (bytes 01 01): a string's length in one byte (01 LL) and "loss". */
function startsWithName(source: Uint8Array): boolean {
  return Buffer.from(source.subarray(4, 8)).toString('latin1') === 'loss';
}
