import { encodeUtf8 } from '../core/text/utf8.ts';
import { littleEndianBytes, ProtoWriter } from './proto-writer.ts';

/** Element types that the project's graphs use; the numbers are ONNX's TensorProto.DataType. */
export const ELEMENT_TYPES = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
} as const;

export type ElementType = keyof typeof ELEMENT_TYPES;

/** Constant data inside a graph. float16 data are the raw bits. */
export interface TensorData {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly data:
    | Float32Array
    | Float64Array
    | Uint8Array
    | Int8Array
    | Int32Array
    | BigInt64Array
    | Uint16Array;
}

/** A number that is whole becomes INT, unless wrapped as { float }; lists likewise. */
export type Attribute =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { readonly float: number }
  | { readonly floats: readonly number[] };

const IR_VERSION = 10;
const DEFAULT_OPSET = 20;

/** An input or output of a graph. */
export interface GraphValue {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

/**
 * Builds the bytes of an ONNX model; never runs it.
 *
 * @remarks Field numbers are those of onnx/onnx.proto3 (ONNX 1.17, IR version 10).
 */
export class GraphBuilder {
  readonly #name: string;
  readonly #inputs: GraphValue[] = [];
  readonly #outputs: GraphValue[] = [];
  readonly #nodes: ((writer: ProtoWriter) => void)[] = [];
  readonly #initializers: ((writer: ProtoWriter) => void)[] = [];
  #count = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** Declares a graph input. A string in the shape is a free dimension. */
  input(name: string, type: ElementType, shape: readonly (number | string)[]): string {
    this.#inputs.push({ name, type, shape });
    return name;
  }

  /** Declares which value leaves the graph. */
  output(name: string, type: ElementType, shape: readonly (number | string)[]): void {
    this.#outputs.push({ name, type, shape });
  }

  /** Adds a constant and returns its name. */
  initializer(name: string, tensor: TensorData): string {
    this.#initializers.push((writer) => {
      writer
        .packedVarints(1, tensor.dims)
        .varint(2, ELEMENT_TYPES[tensor.type])
        .string(8, name)
        .bytes(9, littleEndianBytes(tensor.data));
    });
    return name;
  }

  /** Adds an operator and returns the name of its first output. An empty input name leaves that input out. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    options: {
      readonly outputs?: readonly string[] | undefined;
      readonly domain?: string | undefined;
      /** Of the node, for graphs that also have nodes of other files. @defaultValue the operator and a number */
      readonly name?: string | undefined;
    } = {},
  ): string {
    this.#count += 1;
    const name = options.name ?? `${opType}_${this.#count}`;
    const outputs = options.outputs ?? [`${name}_out`];
    this.#nodes.push((writer) => {
      for (const input of inputs) writer.string(1, input);
      for (const output of outputs) writer.string(2, output);
      writer.string(3, name).string(4, opType);
      for (const [key, value] of Object.entries(attributes)) {
        writer.message(5, (inner) => writeAttribute(inner, key, value));
      }
      if (options.domain) writer.string(7, options.domain);
    });
    return outputs[0]!;
  }

  /** Adds an operator as it stands in another file. */
  rawNode(node: Uint8Array): void {
    this.#nodes.push((writer) => writer.raw(node));
  }

  /** Adds a constant as it stands in another file. */
  rawInitializer(tensor: Uint8Array): void {
    this.#initializers.push((writer) => writer.raw(tensor));
  }

  /**
   * @param options.opset - version of the default operator set. @defaultValue 20
   * @param options.metadata - written as metadata properties
   */
  toModel(
    options: {
      readonly opset?: number | undefined;
      readonly metadata?: Readonly<Record<string, string>> | undefined;
      readonly domains?: Readonly<Record<string, number>> | undefined;
    } = {},
  ): Uint8Array {
    const model = new ProtoWriter().varint(1, IR_VERSION).string(2, 'face-trigger');
    model.message(7, (graph) => this.#writeGraph(graph));
    const opsets = { '': options.opset ?? DEFAULT_OPSET, ...options.domains };
    for (const [domain, version] of Object.entries(opsets)) {
      model.message(8, (opset) => opset.string(1, domain).varint(2, version));
    }
    for (const [key, value] of Object.entries(options.metadata ?? {})) {
      model.message(14, (entry) => entry.string(1, key).string(2, value));
    }
    return model.finish();
  }

  #writeGraph(graph: ProtoWriter): void {
    for (const node of this.#nodes) graph.message(1, node);
    graph.string(2, this.#name);
    for (const tensor of this.#initializers) graph.message(5, tensor);
    for (const value of this.#inputs) graph.message(11, (writer) => writeValue(writer, value));
    for (const value of this.#outputs) graph.message(12, (writer) => writeValue(writer, value));
  }
}

/** Writes a ValueInfoProto. */
export function writeValue(writer: ProtoWriter, value: GraphValue): void {
  writer.string(1, value.name);
  writer.message(2, (type) =>
    type.message(1, (tensor) => {
      tensor.varint(1, ELEMENT_TYPES[value.type]);
      tensor.message(2, (shape) => {
        for (const size of value.shape) {
          shape.message(1, (dim) => (typeof size === 'number' ? dim.varint(1, size) : dim.string(2, size)));
        }
      });
    }),
  );
}

const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, floats: 6, ints: 7, strings: 8 } as const;

function writeAttribute(writer: ProtoWriter, name: string, value: Attribute): void {
  writer.string(1, name);
  if (typeof value === 'number') writer.varint(3, value).varint(20, ATTRIBUTE_TYPES.int);
  else if (typeof value === 'string') writer.bytes(4, encodeUtf8(value)).varint(20, ATTRIBUTE_TYPES.string);
  else if ('float' in value) writer.float(2, value.float).varint(20, ATTRIBUTE_TYPES.float);
  else if ('floats' in value) writer.packedFloats(7, value.floats).varint(20, ATTRIBUTE_TYPES.floats);
  else if (isStrings(value)) {
    for (const text of value) writer.bytes(9, encodeUtf8(text));
    writer.varint(20, ATTRIBUTE_TYPES.strings);
  } else writer.packedVarints(8, value).varint(20, ATTRIBUTE_TYPES.ints);
}

function isStrings(values: readonly number[] | readonly string[]): values is readonly string[] {
  return typeof values[0] === 'string';
}
