import { FaceTriggerError } from '../errors.ts';
import { readFields, readIntegers } from './proto-reader.ts';

/** Shape of a constant and, where it is a short list of integers, what is in it. */
export interface ConstantFacts {
  readonly dims: readonly number[];
  /** `null`: too long, or no integers. */
  readonly integers: readonly number[] | null;
}

/** An attribute of a node, as far as sizes depend on it. */
export interface AttributeFacts {
  readonly integer: number | null;
  readonly integers: readonly number[];
  /** Entries of the attribute, whatever their type. */
  readonly count: number;
  readonly tensor: ConstantFacts | null;
}

/** A node of a graph. */
export interface GraphNode {
  readonly opType: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, AttributeFacts>;
}

/** Nodes and constants of a model, in the order of the file. */
export interface GraphParts {
  readonly nodes: readonly GraphNode[];
  readonly constants: ReadonlyMap<string, ConstantFacts>;
}

/** Lists that say shapes have an entry for each axis. */
const MAX_INTEGERS = 64;
/** TensorProto.DataType of int32 and int64. */
const INT32 = 6;
const INT64 = 7;

/**
 * Reads what the sizes of a graph's values follow from.
 *
 * @param bytes - the whole file, which readModelInfo has accepted
 * @throws FaceTriggerError `ERR_MODEL_FORMAT`, also for sparse constants and for shapes that the data do not fill
 * @remarks Field numbers: onnx/onnx.proto3.
 */
export function readNodes(bytes: Uint8Array): GraphParts {
  const nodes: GraphNode[] = [];
  const constants = new Map<string, ConstantFacts>();
  for (const { field, bytes: graph } of readFields(bytes)) {
    if (field !== 7 || graph === null) continue;
    for (const { field: inner, bytes: content } of readFields(graph)) {
      if (content === null) continue;
      if (inner === 1) nodes.push(readNode(content));
      if (inner === 5) {
        const { name, facts } = readTensor(content);
        constants.set(name, facts);
      }
      if (inner === 15) throw sparse();
    }
  }
  return { nodes, constants };
}

function readNode(node: Uint8Array): GraphNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, AttributeFacts>();
  let opType = '';
  let domain = '';
  for (const { field, bytes } of readFields(node)) {
    if (bytes === null) continue;
    if (field === 1) inputs.push(text(bytes));
    if (field === 2) outputs.push(text(bytes));
    if (field === 4) opType = text(bytes);
    if (field === 5) attributes.set(...readAttribute(bytes));
    if (field === 7) domain = text(bytes);
  }
  return { opType, domain: domain === 'ai.onnx' ? '' : domain, inputs, outputs, attributes };
}

function readAttribute(attribute: Uint8Array): [string, AttributeFacts] {
  let name = '';
  let integer: number | null = null;
  let tensor: ConstantFacts | null = null;
  let count = 0;
  const integers: number[] = [];
  for (const { field, number, bytes } of readFields(attribute)) {
    if (field === 1 && bytes !== null) name = text(bytes);
    if (field === 3) integer = number;
    if (field === 5 && bytes !== null) tensor = readTensor(bytes).facts;
    if (field === 7) count += bytes === null ? 1 : bytes.length / 4;
    if (field === 8) for (const value of readIntegers(number, bytes)) integers.push(value);
    if (field === 9) count += 1;
    if (field === 22 || field === 23) throw sparse();
  }
  return [name, { integer, integers, count: count + integers.length, tensor }];
}

function readTensor(tensor: Uint8Array): { name: string; facts: ConstantFacts } {
  const dims: number[] = [];
  let name = '';
  let type = 0;
  let raw: Uint8Array | null = null;
  const listed: number[] = [];
  for (const { field, number, bytes } of readFields(tensor)) {
    if (field === 1) for (const value of readIntegers(number, bytes)) dims.push(value);
    if (field === 2) type = number;
    if (field === 8 && bytes !== null) name = text(bytes);
    if (field === 9) raw = bytes;
    if ((field === 5 || field === 7) && tensor.length < 16 * MAX_INTEGERS) {
      for (const value of readIntegers(number, bytes)) listed.push(value);
    }
  }
  const count = dims.reduce((product, size) => product * size, 1);
  // The smallest elements are half a byte.
  if (!(count <= 2 * tensor.length) || dims.some((size) => size < 0)) {
    throw new FaceTriggerError('ERR_MODEL_FORMAT', `The constant ${name} is not as long as its shape says`);
  }
  return { name, facts: { dims, integers: integersOf(type, raw, listed) } };
}

function integersOf(type: number, raw: Uint8Array | null, listed: readonly number[]): number[] | null {
  if (type !== INT64 && type !== INT32) return null;
  if (raw === null) return listed.length <= MAX_INTEGERS ? [...listed] : null;
  const width = type === INT64 ? 8 : 4;
  if (raw.length > MAX_INTEGERS * width || raw.length % width !== 0) return null;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Array.from({ length: raw.length / width }, (_, i) =>
    type === INT64 ? Number(view.getBigInt64(8 * i, true)) : view.getInt32(4 * i, true),
  );
}

function sparse(): FaceTriggerError {
  return new FaceTriggerError(
    'ERR_MODEL_FORMAT',
    'The ONNX model holds sparse constants, which are not accepted',
  );
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
