import { FaceTriggerError } from '../core/errors.ts';
import { utf8Text } from '../core/text/utf8.ts';
import { readFields, readIntegers } from './proto-reader.ts';

/** Shape of a constant and, where it is a short list of integers, what is in it. */
export interface ConstantFacts {
  readonly dims: readonly number[];
  /** `null`: too long, no list, or no integers. */
  readonly integers: readonly number[] | null;
  /** `null`: too long, no list, or no float32. */
  readonly reals: readonly number[] | null;
}

/** An attribute of a node, as far as sizes depend on it. */
export interface AttributeFacts {
  readonly integer: number | null;
  readonly real: number | null;
  readonly integers: readonly number[];
  readonly texts: readonly Uint8Array[];
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
  /** The node as it stands in the file. */
  readonly bytes: Uint8Array;
}

/** Nodes and constants of a model, in the order of the file. */
export interface GraphParts {
  readonly nodes: readonly GraphNode[];
  readonly constants: ReadonlyMap<string, ConstantFacts>;
}

/** Lists that say shapes have an entry for each axis. */
const MAX_INTEGERS = 64;
/** TensorProto.DataType of float32, int32 and int64. */
const FLOAT = 1;
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
        if (constants.has(name)) throw refuse(`the constant "${name}" comes twice`);
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
    if (field === 1) inputs.push(utf8Text(bytes));
    if (field === 2) outputs.push(utf8Text(bytes));
    if (field === 4) opType = utf8Text(bytes);
    if (field === 5) {
      const [name, facts] = readAttribute(bytes);
      if (attributes.has(name)) throw refuse(`a node has the attribute "${name}" twice`);
      attributes.set(name, facts);
    }
    if (field === 7) domain = utf8Text(bytes);
  }
  return { opType, domain: domain === 'ai.onnx' ? '' : domain, inputs, outputs, attributes, bytes: node };
}

/** Which field holds the value of an attribute of a type. Source: AttributeProto.AttributeType in onnx.proto3. */
const FIELD_OF_TYPE: Readonly<Record<number, number>> = { 1: 2, 2: 3, 3: 4, 4: 5, 6: 7, 7: 8, 8: 9 };
/** Fields beside the value: name, documentation, type. */
const ATTRIBUTE_FIELDS: ReadonlySet<number> = new Set([1, 13, 20]);

function readAttribute(attribute: Uint8Array): [string, AttributeFacts] {
  let name = '';
  let integer: number | null = null;
  let real: number | null = null;
  let tensor: ConstantFacts | null = null;
  let count = 0;
  let type = 0;
  const fields = new Set<number>();
  const integers: number[] = [];
  const texts: Uint8Array[] = [];
  for (const { field, number, bytes } of readFields(attribute)) {
    if (!ATTRIBUTE_FIELDS.has(field)) fields.add(field);
    if (field === 1 && bytes !== null) name = utf8Text(bytes);
    if (field === 2) real = number;
    if (field === 3) integer = number;
    if (field === 4 && bytes !== null) texts.push(bytes);
    if (field === 5 && bytes !== null) tensor = readTensor(bytes).facts;
    if (field === 7) count += bytes === null ? 1 : bytes.length / 4;
    if (field === 8) for (const value of readIntegers(number, bytes)) integers.push(value);
    if (field === 9 && bytes !== null) texts.push(bytes);
    if (field === 20) type = number;
    if (field === 22 || field === 23) throw sparse();
  }
  // The runtime looks where the type says. What is not there is 0 for it, or an empty list.
  const due = FIELD_OF_TYPE[type];
  if (due === undefined || [...fields].some((field) => field !== due))
    throw refuse(`the attribute "${name}" is not of the type that it says`);
  if (due === 2) real ??= 0;
  if (due === 3) integer ??= 0;
  return [name, { integer, real, integers, texts, count: count + integers.length + texts.length, tensor }];
}

/** Bytes of an element where they stand as raw bytes. Source: TensorProto.DataType in onnx.proto3. */
const ELEMENT_BYTES: Readonly<Record<number, number>> = {
  ...{ 1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8 },
};
/** The list that holds an element otherwise: float_data, int32_data, int64_data, double_data or uint64_data. */
const LIST_OF_TYPE: Readonly<Record<number, number>> = {
  ...{ 1: 4, 2: 5, 3: 5, 4: 5, 5: 5, 6: 5, 7: 7, 9: 5, 10: 5, 11: 10, 12: 11, 13: 11 },
};

function readTensor(tensor: Uint8Array): { name: string; facts: ConstantFacts } {
  const dims: number[] = [];
  let name = '';
  let type = 0;
  let raw: Uint8Array | null = null;
  const lists = new Map<number, number>();
  const listed: number[] = [];
  const floats: Uint8Array[] = [];
  for (const { field, number, bytes } of readFields(tensor)) {
    if (field === 1) for (const value of readIntegers(number, bytes)) dims.push(value);
    if (field === 2) type = number;
    if (field === 8 && bytes !== null) name = utf8Text(bytes);
    if (field === 9) raw = bytes;
    if (field === 4 && bytes !== null) floats.push(bytes);
    if (field === 4 || field === 10) {
      const items = bytes === null ? 1 : bytes.length / (field === 4 ? 4 : 8);
      lists.set(field, (lists.get(field) ?? 0) + items);
    }
    if (field === 6) lists.set(field, (lists.get(field) ?? 0) + 1);
    if (field === 5 || field === 7 || field === 11) {
      const items = readIntegers(number, bytes);
      lists.set(field, (lists.get(field) ?? 0) + items.length);
      if (listed.length <= MAX_INTEGERS)
        for (const value of items.slice(0, MAX_INTEGERS + 1)) listed.push(value);
    }
  }
  const width = ELEMENT_BYTES[type];
  if (width === undefined) throw refuse(`the constant "${name}" is of a type (${type}) that is not accepted`);
  if (dims.length > MAX_INTEGERS) throw refuse(`the constant "${name}" has ${dims.length} dimensions`);
  const count = dims.reduce((product, size) => product * size, 1);
  const given = raw === null ? (lists.get(LIST_OF_TYPE[type]!) ?? 0) : raw.length / width;
  const isElsewhere = [...lists.keys()].some((field) => raw !== null || field !== LIST_OF_TYPE[type]);
  if (given !== count || isElsewhere || dims.some((size) => size < 0))
    throw refuse(`the constant "${name}" is not as long as its shape says`);
  const isList = dims.length <= 1;
  const integers = isList ? integersOf(type, raw, listed) : null;
  return { name, facts: { dims, integers, reals: isList ? realsOf(type, raw ?? soleOf(floats)) : null } };
}

/** Numbers that are packed into one field are one run of bytes, as raw ones are. */
function soleOf(parts: readonly Uint8Array[]): Uint8Array | null {
  return parts.length === 1 ? parts[0]! : null;
}

function realsOf(type: number, bytes: Uint8Array | null): number[] | null {
  if (type !== FLOAT || bytes === null || bytes.length > MAX_INTEGERS * 4) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
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

function refuse(why: string): FaceTriggerError {
  return new FaceTriggerError('ERR_MODEL_FORMAT', `The ONNX model is refused: ${why}`);
}

function sparse(): FaceTriggerError {
  return new FaceTriggerError(
    'ERR_MODEL_FORMAT',
    'The ONNX model holds sparse constants, which are not accepted',
  );
}
