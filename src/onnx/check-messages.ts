import { FaceTriggerError } from '../core/errors.ts';
import { isUtf8 } from '../core/text/utf8.ts';
import { readFields } from './proto-reader.ts';

/** How a field is written: a number once or often, text, bytes, or a message of its own. */
type FieldKind =
  | 'int32'
  | 'int64'
  | 'float'
  | 'floats'
  | 'doubles'
  | 'ints'
  | 'text'
  | 'bytes'
  | 'opaque'
  | Message;

interface FieldRule {
  readonly kind: FieldKind;
  readonly repeated: boolean;
}

interface Message {
  readonly name: string;
  readonly fields: () => ReadonlyMap<number, FieldRule>;
  /** At most one of these fields may be there. */
  readonly oneOf?: readonly number[] | undefined;
}

const once = (kind: FieldKind): FieldRule => ({ kind, repeated: false });
const often = (kind: FieldKind): FieldRule => ({ kind, repeated: true });

function message(name: string, fields: () => Record<number, FieldRule>, oneOf?: readonly number[]): Message {
  let rules: ReadonlyMap<number, FieldRule> | null = null;
  const read = () => {
    rules ??= new Map(Object.entries(fields()).map(([number, rule]) => [Number(number), rule]));
    return rules;
  };
  return oneOf === undefined ? { name, fields: read } : { name, fields: read, oneOf };
}

// onnx/onnx.proto3 of ONNX 1.18. What models here may not hold at all (loops, functions, training steps, other
// files, sparse constants) is 'opaque': its content is not looked at, and readModelInfo tells of it.
const ENTRY = message('StringStringEntryProto', () => ({ 1: once('text'), 2: once('text') }));
const ENTRIES = often(ENTRY);
const TENSOR = message('TensorProto', () => ({
  ...{ 1: often('ints'), 2: once('int32'), 4: often('floats'), 5: often('ints'), 6: often('bytes') },
  ...{ 7: often('ints'), 8: once('text'), 9: once('bytes'), 10: often('doubles'), 11: often('ints') },
  ...{ 12: once('text'), 13: often('opaque'), 14: once('int32'), 16: ENTRIES },
}));
const DIMENSION = message(
  'TensorShapeProto.Dimension',
  () => ({ 1: once('int64'), 2: once('text'), 3: once('text') }),
  [1, 2],
);
const SHAPE = message('TensorShapeProto', () => ({ 1: often(DIMENSION) }));
const TENSOR_TYPE = message('TypeProto.Tensor', () => ({ 1: once('int32'), 2: once(SHAPE) }));
const TYPE = message(
  'TypeProto',
  () => ({
    ...{ 1: once(TENSOR_TYPE), 4: once('opaque'), 5: once('opaque'), 6: once('text') },
    ...{ 7: once('opaque'), 8: once('opaque'), 9: once('opaque') },
  }),
  [1, 4, 5, 7, 8, 9],
);
const VALUE = message('ValueInfoProto', () => ({
  1: once('text'),
  2: once(TYPE),
  3: once('text'),
  4: ENTRIES,
}));
const ATTRIBUTE = message(
  'AttributeProto',
  () => ({
    ...{ 1: once('text'), 2: once('float'), 3: once('int64'), 4: once('bytes'), 5: once(TENSOR) },
    ...{ 6: once('opaque'), 7: often('floats'), 8: often('ints'), 9: often('bytes'), 10: often('opaque') },
    ...{ 11: often('opaque'), 13: once('text'), 20: once('int32'), 22: once('opaque'), 23: often('opaque') },
  }),
  [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 22, 23],
);
const NODE = message('NodeProto', () => ({
  ...{ 1: often('text'), 2: often('text'), 3: once('text'), 4: once('text'), 5: often(ATTRIBUTE) },
  ...{ 6: once('text'), 7: once('text'), 9: ENTRIES },
}));
const GRAPH = message('GraphProto', () => ({
  ...{ 1: often(NODE), 2: once('text'), 5: often(TENSOR), 10: once('text'), 11: often(VALUE) },
  ...{ 12: often(VALUE), 13: often(VALUE), 14: often('opaque'), 15: often('opaque'), 16: ENTRIES },
}));
const OPSET = message('OperatorSetIdProto', () => ({ 1: once('text'), 2: once('int64') }));
const MODEL = message('ModelProto', () => ({
  ...{ 1: once('int64'), 2: once('text'), 3: once('text'), 4: once('text'), 5: once('int64') },
  ...{
    6: once('text'),
    7: once(GRAPH),
    8: often(OPSET),
    14: ENTRIES,
    20: often('opaque'),
    25: often('opaque'),
  },
}));

/** Wire types of a kind: the first for a single value, the second for a packed list. */
const WIRE_TYPES: Readonly<Record<Exclude<FieldKind, Message>, readonly number[]>> = {
  int32: [0],
  int64: [0],
  ints: [0, 2],
  float: [5],
  floats: [5, 2],
  doubles: [1, 2],
  text: [2],
  bytes: [2],
  opaque: [2],
};

/**
 * Refuses ONNX files that two readers could understand in two ways.
 *
 * @param bytes - the whole file
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` for a field that comes twice where one is due (protocol buffers join
 * such messages, so that what was looked at is not what is run), for unknown fields, numbers and texts that are
 * written in another form than the format's, and for values beyond their type
 */
export function checkMessages(bytes: Uint8Array): void {
  check(bytes, MODEL, { parts: 0 });
}

/** Messages and texts in a file: two bytes of the file become some hundred of memory in the runtime. */
const MAX_PARTS = 2_000_000;

function check(bytes: Uint8Array, { name, fields, oneOf = [] }: Message, count: { parts: number }): void {
  const rules = fields();
  const seen = new Set<number>();
  for (const { field, wireType, number, bytes: content } of readFields(bytes)) {
    const rule = rules.get(field);
    if (rule === undefined) throw refuse(`${name} has an unknown field ${field}`);
    if (content !== null && ++count.parts > MAX_PARTS) throw refuse('it has too many parts');
    const { kind, repeated } = rule;
    if (!repeated && seen.has(field)) throw refuse(`field ${field} of ${name} comes twice`);
    seen.add(field);
    const wireTypes = typeof kind === 'string' ? WIRE_TYPES[kind] : [2];
    if (!wireTypes.includes(wireType)) throw refuse(`field ${field} of ${name} is of another type`);
    if (typeof kind === 'object') check(content!, kind, count);
    else if (kind === 'text' && !isUtf8(content!)) throw refuse(`field ${field} of ${name} is no UTF-8`);
    else if (kind === 'int32' && number !== (number | 0))
      throw refuse(`field ${field} of ${name} is too large`);
    else if (content !== null && content.length % PACKED[kind] !== 0)
      throw refuse(`field ${field} of ${name} is cut`);
  }
  if (oneOf.filter((field) => seen.has(field)).length > 1)
    throw refuse(`${name} holds two values in place of one`);
}

/** Bytes that the length of a packed list is a multiple of. */
const PACKED: Readonly<Record<Exclude<FieldKind, Message>, number>> = {
  ...{ int32: 1, int64: 1, ints: 1, float: 1, text: 1, bytes: 1, opaque: 1 },
  floats: 4,
  doubles: 8,
};

function refuse(why: string): FaceTriggerError {
  return new FaceTriggerError('ERR_MODEL_FORMAT', `The ONNX file is malformed: ${why}`);
}
