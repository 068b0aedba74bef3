import { FaceTriggerError } from '../../core/errors.ts';
import type { DecodeBudget } from '../decode-budget.ts';
import { FlatTable } from './flatbuffer.ts';

/** Types of numbers, by their value in the schema. */
export const TFLITE_TYPES = ['float32', 'float16', 'int32', 'uint8', 'int64'] as const;
export type TfliteType = (typeof TFLITE_TYPES)[number];

export interface TfliteTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: TfliteType;
  /** Of a constant; empty for what is computed. */
  readonly data: Uint8Array;
}

export interface TfliteOperator {
  /** Value of BuiltinOperator. */
  readonly code: number;
  /** What somebody called an operator of their own. */
  readonly custom: string;
  /** Indices of tensors, -1 for those that are left out. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: FlatTable | null;
}

export interface TfliteGraph {
  readonly tensors: readonly TfliteTensor[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly operators: readonly TfliteOperator[];
}

const MAX_AXES = 8;
/** Networks for faces have hundreds. */
const MAX_OPERATORS = 10_000;
const MAX_ENDS = 100;

/**
 * Reads a network from a TFLite file.
 *
 * @param budget - of the file
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` for damaged files, several networks in one, sparse or quantized numbers
 * @remarks Source: tensorflow/lite/schema/schema.fbs, version 3.
 */
export function readTflite(bytes: Uint8Array, budget: DecodeBudget): TfliteGraph {
  const model = FlatTable.root(bytes, 'TFL3', budget);
  const codes = model.tables(1).map((code) => ({
    code: Math.max(code.integer(0, 'i8'), code.integer(3, 'i32')),
    custom: code.text(1),
  }));
  const buffers = model.tables(4).map((buffer) => buffer.bytes(0));
  const graphs = model.tables(2);
  if (graphs.length !== 1) throw refuse(`it holds ${graphs.length} networks`);
  const graph = graphs[0]!;
  const tensors = graph.tables(0).map((tensor) => readTensor(tensor, buffers));
  const indices = (list: number[], least: number) => {
    if (list.some((index) => index < least || index >= tensors.length))
      throw refuse('an index names no tensor');
    return list;
  };
  const tables = graph.tables(3);
  if (tables.length > MAX_OPERATORS)
    throw refuse(`it has ${tables.length} operators, more than ${MAX_OPERATORS}`);
  const operators = tables.map((operator) => {
    const code = codes[operator.integer(0, 'u32')];
    if (code === undefined) throw refuse('an index names no operator');
    return {
      ...code,
      inputs: indices(operator.integers(1), -1),
      outputs: indices(operator.integers(2), 0),
      options: operator.table(4),
    };
  });
  const [inputs, outputs] = [graph.integers(1), graph.integers(2)].map((list) => indices(list, 0));
  if (inputs!.length > MAX_ENDS || outputs!.length > MAX_ENDS)
    throw refuse(`it has ${inputs!.length} inputs and ${outputs!.length} outputs, more than ${MAX_ENDS}`);
  return { tensors, inputs: inputs!, outputs: outputs!, operators };
}

function readTensor(tensor: FlatTable, buffers: readonly Uint8Array[]): TfliteTensor {
  const name = tensor.text(3);
  const shape = tensor.integers(0);
  const type = TFLITE_TYPES[tensor.integer(1, 'i8')];
  const data = buffers[tensor.integer(2, 'u32')];
  if (type === undefined || data === undefined)
    throw refuse(`the tensor "${name}" is of a type that is not known`);
  if (tensor.table(6) !== null) throw refuse(`the tensor "${name}" is sparse: take the file that is not`);
  if (shape.length > MAX_AXES || shape.some((side) => side < 1))
    throw refuse(`the shape of "${name}" is none`);
  const count = shape.reduce((product, side) => product * side, 1);
  if (data.length > 0 && data.length !== count * bytesOf(type))
    throw refuse(`the tensor "${name}" is not as long as its shape says`);
  return { name, shape, type, data };
}

/** Of one number. */
export function bytesOf(type: TfliteType): number {
  return { float32: 4, float16: 2, int32: 4, uint8: 1, int64: 8 }[type];
}

function refuse(why: string): FaceTriggerError {
  return new FaceTriggerError('ERR_MODEL_FORMAT', `Cannot read the TFLite file: ${why}`);
}
