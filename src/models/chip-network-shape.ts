import { expectation, FaceTriggerError } from '../core/errors.ts';
import { readModelInfo, type ValueInfo } from '../onnx/read-model-info.ts';
import { readNodes } from '../onnx/read-nodes.ts';

/** What the file of a network from chips to embeddings says of itself. */
export interface ChipNetworkShape {
  readonly input: string;
  readonly type: 'float32' | 'uint8';
  /** [n, 3, rows, columns] instead of [n, rows, columns, 3]. */
  readonly isPlanar: boolean;
  /** Side of a chip; `null` where the file leaves it open. */
  readonly size: number | null;
  /** Chips that it takes at once; `null`: as many as wanted. */
  readonly batch: number | null;
  readonly output: string;
  /** Numbers in an embedding; `null` where the file does not say. */
  readonly dimension: number | null;
  /**
   * It normalizes the bytes of a picture itself: takes no other numbers, or begins with a subtraction and a multiplication
   * or division.
   */
  readonly normalizes: boolean;
}

/** Sides that a chip can have. */
const SMALLEST = 16;
const LARGEST = 4096;
const MAX_BATCH = 64;

/**
 * Reads which chips a network takes, and which of its outputs is the embedding.
 *
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` unless it has one input of square pictures in three colors and an output
 * [n, d], the first of them, or [n, d, 1, 1]
 */
export function readChipNetwork(bytes: Uint8Array): ChipNetworkShape {
  const info = readModelInfo(bytes);
  const [input] = info.inputs;
  const place = input === undefined || info.inputs.length !== 1 ? null : readPlace(input);
  if (input === undefined || place === null) {
    const expected = 'one input float32 or uint8 [n, 3, s, s] or [n, s, s, 3]';
    throw new FaceTriggerError('ERR_MODEL_FORMAT', expectation(expected, 'the embedder', info.inputs));
  }
  const output = info.outputs.find(isEmbedding);
  if (output === undefined) {
    const message = expectation('an output float32 [n, d]', 'the embedder', info.outputs);
    throw new FaceTriggerError('ERR_MODEL_FORMAT', message);
  }
  const dimension = output.shape[1];
  return {
    ...place,
    input: input.name,
    output: output.name,
    dimension: typeof dimension === 'number' && dimension > 0 ? dimension : null,
    normalizes: place.type === 'uint8' || normalizesItself(bytes, input.name),
  };
}

type Place = Pick<ChipNetworkShape, 'type' | 'isPlanar' | 'size' | 'batch'>;

function readPlace({ type, shape }: ValueInfo): Place | null {
  if ((type !== 'float32' && type !== 'uint8') || shape.length !== 4) return null;
  const isPlanar = shape[1] === 3;
  if (!isPlanar && shape[3] !== 3) return null;
  const [rows, columns] = isPlanar ? shape.slice(2) : shape.slice(1, 3);
  const isOpen = typeof rows === 'string' && typeof columns === 'string';
  const isSquare = typeof rows === 'number' && rows === columns && rows >= SMALLEST && rows <= LARGEST;
  if (!isOpen && !isSquare) return null;
  const count = shape[0];
  // Some exporters write -1 or 0 for a size that is free.
  const batch = typeof count === 'number' && count > 0 ? count : null;
  if (batch !== null && batch > MAX_BATCH) return null;
  return { type, isPlanar, size: isSquare ? rows : null, batch };
}

function isEmbedding({ type, shape }: ValueInfo): boolean {
  if (type !== 'float32') return false;
  // AdaFace also gives the length, [n, 1]; some files do not say the shape.
  if (shape.length === 0) return true;
  return shape.length >= 2 && shape[1] !== 1 && shape.slice(2).every((size) => size === 1);
}

/** Operators that change nothing about the numbers of a picture. */
const CARRIERS = /^(Cast|Transpose|Identity|Reshape)$/;

/**
 * Whether the numbers of the picture are first of all shifted and scaled, as in the files of insightface that begin with
 * a subtraction and a multiplication (ArcFaceONNX in model_zoo/arcface_onnx.py looks for those among the first nodes).
 */
function normalizesItself(bytes: Uint8Array, input: string): boolean {
  const { nodes } = readNodes(bytes);
  const path: string[] = [];
  // A damaged graph may lead in a circle.
  for (let value = input, step = 0; path.length < 2 && step < 8; step++) {
    const readers = nodes.filter(({ inputs }) => inputs.includes(value));
    const [reader] = readers;
    // What goes two ways at once is no longer the picture alone.
    if (readers.length !== 1 || reader === undefined || reader.outputs[0] === undefined) return false;
    if (!CARRIERS.test(reader.opType)) path.push(reader.opType);
    value = reader.outputs[0];
  }
  const [shift, scale] = path;
  return (shift === 'Sub' || shift === 'Add') && (scale === 'Mul' || scale === 'Div');
}
