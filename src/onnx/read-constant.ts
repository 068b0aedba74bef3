import { FaceTriggerError } from '../core/errors.ts';
import { utf8Text } from '../core/text/utf8.ts';
import { readFields, readIntegers } from './proto-reader.ts';

/** The node that makes a value. */
export interface NodeInputs {
  readonly opType: string;
  readonly inputs: readonly string[];
  /** Attributes that are lists of whole numbers. */
  readonly lists: ReadonlyMap<string, readonly number[]>;
}

/** A constant of a graph. */
export interface FloatConstant {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/**
 * Finds the operator that makes a value of an ONNX graph.
 *
 * @param bytes - the whole file
 * @returns `null` if no operator does
 * @throws FaceTriggerError `ERR_MODEL_FORMAT`
 * @remarks Field numbers: onnx/onnx.proto3.
 */
export function findProducer(bytes: Uint8Array, value: string): NodeInputs | null {
  for (const node of graphFields(bytes, 1)) {
    const inputs: string[] = [];
    const lists = new Map<string, readonly number[]>();
    let opType = '';
    let makes = false;
    for (const { field, bytes: content } of readFields(node)) {
      if (content === null) continue;
      if (field === 1) inputs.push(utf8Text(content));
      if (field === 2) makes ||= utf8Text(content) === value;
      if (field === 4) opType = utf8Text(content);
      if (field === 5) lists.set(...readList(content));
    }
    if (makes) return { opType, inputs, lists };
  }
  return null;
}

/**
 * Reads a float32 constant of an ONNX graph.
 *
 * @returns `null` if there is none of that name, or it is of another type
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if its length does not fit its shape
 */
export function readFloatConstant(bytes: Uint8Array, name: string): FloatConstant | null {
  for (const tensor of graphFields(bytes, 5)) {
    const dims: number[] = [];
    let own = '';
    let type = 0;
    let raw: Uint8Array | null = null;
    for (const { field, number, bytes: content } of readFields(tensor)) {
      if (field === 1) for (const value of readIntegers(number, content)) dims.push(value);
      if (field === 2) type = number;
      if (field === 8 && content !== null) own = utf8Text(content);
      if (field === 9) raw = content;
    }
    if (own !== name) continue;
    if (type !== 1 || raw === null) return null;
    const count = dims.reduce((product, size) => product * size, 1);
    if (raw.length !== count * 4) {
      throw new FaceTriggerError('ERR_MODEL_FORMAT', `The constant ${name} is not as long as its shape says`);
    }
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    return { dims, data: Float32Array.from({ length: count }, (_, i) => view.getFloat32(i * 4, true)) };
  }
  return null;
}

/** Name and whole numbers of an attribute; none where it is of another kind. */
function readList(attribute: Uint8Array): [string, number[]] {
  let name = '';
  const numbers: number[] = [];
  for (const { field, number, bytes } of readFields(attribute)) {
    if (field === 1 && bytes !== null) name = utf8Text(bytes);
    if (field === 8) for (const value of readIntegers(number, bytes)) numbers.push(value);
  }
  return [name, numbers];
}

function* graphFields(bytes: Uint8Array, wanted: number): Generator<Uint8Array> {
  for (const { field, bytes: graph } of readFields(bytes)) {
    if (field !== 7 || graph === null) continue;
    for (const { field: inner, bytes: content } of readFields(graph)) {
      if (inner === wanted && content !== null) yield content;
    }
  }
}
