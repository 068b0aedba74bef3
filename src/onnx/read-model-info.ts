import { FaceTriggerError } from '../core/errors.ts';
import { utf8Text } from '../core/text/utf8.ts';
import { checkMessages } from './check-messages.ts';
import { ELEMENT_TYPES, type ElementType } from './graph-builder.ts';
import { readFields } from './proto-reader.ts';

/** Name, element type and shape of a graph's input or output; free dimensions are strings ('' when unnamed). */
export interface ValueInfo {
  readonly name: string;
  /** `null` when the value is no tensor (a sequence or a map) or of a type that this project does not use. */
  readonly type: ElementType | null;
  /** What it is where `type` is null, for messages. */
  readonly otherType?: string | undefined;
  readonly shape: readonly (number | string)[];
}

/** What an ONNX file says of itself. */
export interface ModelInfo {
  readonly producer: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly metadata: ReadonlyMap<string, string>;
  /** Operator domains and their versions; '' is the default domain. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly nodeCount: number;
  /** True when a tensor's data lie in another file; such models are refused everywhere. */
  readonly hasExternalData: boolean;
  /** True when a node or a function of the model holds a graph of its own (Loop, If, Scan), which can run for ever. */
  readonly hasSubgraph: boolean;
}

const MAX_NODES = 100_000;
/** Fields of ModelProto that can hold graphs beside the main one. Source: onnx/onnx.proto3. */
const FIELD_TRAINING = 20;
const FIELD_FUNCTIONS = 25;

/**
 * Reads names, shapes and metadata of an ONNX file without running or trusting it.
 *
 * @param bytes - the whole file
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if the bytes are no ONNX model
 */
export function readModelInfo(bytes: Uint8Array): ModelInfo {
  checkMessages(bytes);
  let graph: Uint8Array | null = null;
  let producer = '';
  const metadata = new Map<string, string>();
  const opsets = new Map<string, number>();
  let hasFunctions = false;
  for (const { field, bytes: value } of readFields(bytes)) {
    if (value === null) continue;
    if (field === 2) producer = utf8Text(value);
    else if (field === 7) graph = value;
    else if (field === FIELD_TRAINING || field === FIELD_FUNCTIONS) hasFunctions = true;
    else if (field === 8) opsets.set(...readOpset(value));
    else if (field === 14) metadata.set(...readEntry(value));
  }
  if (graph === null) throw new FaceTriggerError('ERR_MODEL_FORMAT', 'Not an ONNX model: it holds no graph');
  const facts = readGraph(graph);
  return { producer, metadata, opsets, ...facts, hasSubgraph: facts.hasSubgraph || hasFunctions };
}

function readGraph(graph: Uint8Array) {
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  const initializers = new Set<string>();
  let nodeCount = 0;
  let hasExternalData = false;
  let hasSubgraph = false;
  for (const { field, bytes } of readFields(graph)) {
    if (bytes === null) continue;
    if (field === 1) {
      nodeCount += 1;
      if (nodeCount > MAX_NODES)
        throw new FaceTriggerError('ERR_MODEL_FORMAT', 'The ONNX graph has too many nodes');
      const node = inspectNode(bytes);
      hasExternalData ||= node.hasExternalData;
      hasSubgraph ||= node.hasSubgraph;
    } else if (field === 5) {
      const tensor = inspectTensor(bytes);
      initializers.add(tensor.name);
      hasExternalData ||= tensor.isExternal;
    } else if (field === 15) hasExternalData ||= isSparseExternal(bytes);
    else if (field === 11) inputs.push(readValue(bytes));
    else if (field === 12) outputs.push(readValue(bytes));
  }
  const freeInputs = inputs.filter((input) => !initializers.has(input.name));
  return { inputs: freeInputs, outputs, nodeCount, hasExternalData, hasSubgraph };
}

function inspectNode(node: Uint8Array): { hasExternalData: boolean; hasSubgraph: boolean } {
  let hasExternalData = false;
  let hasSubgraph = false;
  for (const { field, bytes } of readFields(node)) {
    if (field !== 5 || bytes === null) continue;
    for (const attribute of readFields(bytes)) {
      if (attribute.bytes === null) continue;
      if (attribute.field === 6 || attribute.field === 11) hasSubgraph = true;
      if (attribute.field === 5 || attribute.field === 10) {
        hasExternalData ||= inspectTensor(attribute.bytes).isExternal;
      }
      if (attribute.field === 22 || attribute.field === 23) {
        hasExternalData ||= isSparseExternal(attribute.bytes);
      }
    }
  }
  return { hasExternalData, hasSubgraph };
}

/** A sparse tensor is two tensors: its values and their indices. */
function isSparseExternal(sparse: Uint8Array): boolean {
  for (const { field, bytes } of readFields(sparse)) {
    if ((field === 1 || field === 2) && bytes !== null && inspectTensor(bytes).isExternal) return true;
  }
  return false;
}

function inspectTensor(tensor: Uint8Array): { name: string; isExternal: boolean } {
  let name = '';
  let isExternal = false;
  for (const { field, number, bytes } of readFields(tensor)) {
    if (field === 8 && bytes !== null) name = utf8Text(bytes);
    if (field === 13 || (field === 14 && number !== 0)) isExternal = true;
  }
  return { name, isExternal };
}

function readValue(value: Uint8Array): ValueInfo {
  let name = '';
  let type: ElementType | null = null;
  let otherType = 'nothing known';
  let shape: (number | string)[] = [];
  for (const { field, bytes } of readFields(value)) {
    if (bytes === null) continue;
    if (field === 1) name = utf8Text(bytes);
    if (field !== 2) continue;
    for (const kind of readFields(bytes)) {
      otherType = OTHER_KINDS[kind.field] ?? otherType;
      if (kind.field !== 1 || kind.bytes === null) continue;
      for (const part of readFields(kind.bytes)) {
        if (part.field === 1) {
          type = elementType(part.number);
          otherType = OTHER_TYPES[part.number] ?? `ONNX type ${part.number}`;
        }
        if (part.field === 2 && part.bytes !== null) shape = readShape(part.bytes);
      }
    }
  }
  return type === null ? { name, type, otherType, shape } : { name, type, shape };
}

/** Fields of TypeProto for what is no tensor, and types of tensors that this project does not use. */
const OTHER_KINDS: Readonly<Record<number, string>> = {
  ...{ 4: 'a sequence', 5: 'a map', 7: 'an opaque value', 8: 'a sparse tensor', 9: 'an optional value' },
};
const OTHER_TYPES: Readonly<Record<number, string>> = {
  ...{ 4: 'uint16', 5: 'int16', 8: 'text', 12: 'uint32', 13: 'uint64', 14: 'complex64', 15: 'complex128' },
  16: 'bfloat16',
};

function readShape(bytes: Uint8Array): (number | string)[] {
  const shape: (number | string)[] = [];
  for (const dim of readFields(bytes)) {
    if (dim.field !== 1 || dim.bytes === null) continue;
    let size: number | string = '';
    for (const part of readFields(dim.bytes)) {
      if (part.field === 1) size = part.number;
      if (part.field === 2 && part.bytes !== null) size = utf8Text(part.bytes);
    }
    shape.push(size);
  }
  return shape;
}

function elementType(code: number): ElementType | null {
  for (const [name, value] of Object.entries(ELEMENT_TYPES)) {
    if (value === code) return name as ElementType;
  }
  return null;
}

function readOpset(bytes: Uint8Array): [string, number] {
  let domain = '';
  let version = 0;
  for (const { field, number, bytes: value } of readFields(bytes)) {
    if (field === 1 && value !== null) domain = utf8Text(value);
    if (field === 2) version = number;
  }
  return [domain === 'ai.onnx' ? '' : domain, version];
}

function readEntry(bytes: Uint8Array): [string, string] {
  let key = '';
  let entry = '';
  for (const { field, bytes: value } of readFields(bytes)) {
    if (value === null) continue;
    if (field === 1) key = utf8Text(value);
    if (field === 2) entry = utf8Text(value);
  }
  return [key, entry];
}
