// Wrong ONNX files that are right protocol buffers: what a parser accepts and the code behind it must survive.
// Field numbers: onnx/onnx.proto3.

const TENSOR = {};
const DIMENSION = {};
const TYPE = { 1: { 2: { 1: DIMENSION } } };
const VALUE_INFO = { 2: TYPE };
const ATTRIBUTE = { 5: TENSOR };
const NODE = { 5: ATTRIBUTE };
const GRAPH = { 1: NODE, 5: TENSOR, 11: VALUE_INFO, 12: VALUE_INFO, 13: VALUE_INFO };
const MODEL = { 7: GRAPH, 8: {}, 14: {} };

const HUGE = [
  0n,
  1n,
  2n,
  16n,
  127n,
  255n,
  65_536n,
  2n ** 20n,
  2n ** 28n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n,
  2n ** 40n,
  2n ** 62n,
  2n ** 63n - 1n,
  2n ** 64n - 1n,
];
const OPERATORS = [
  'ConstantOfShape',
  'Expand',
  'Tile',
  'Range',
  'Pad',
  'Resize',
  'OneHot',
  'EyeLike',
  'Reshape',
  'Concat',
  'Gather',
  'Slice',
  'MatMul',
  'Gemm',
  'Conv',
  'ConvTranspose',
  'MaxPool',
  'AveragePool',
  'Transpose',
  'Cast',
  'Add',
  'Mul',
  'Where',
  'ArgMax',
  'TopK',
  'Softmax',
  'Einsum',
  'Split',
  'Squeeze',
  'Unsqueeze',
  'Shape',
  'CumSum',
  'RandomNormal',
  'Upsample',
  'Identity',
  'Normalizer',
  'LinearClassifier',
  'SVMClassifier',
  'TreeEnsembleClassifier',
  'ZipMap',
  'Scaler',
  'LabelEncoder',
  'DequantizeLinear',
  'QuantizeLinear',
  'ScatterND',
  'NonZero',
  'DepthToSpace',
  'SpaceToDepth',
  'LSTM',
  'StringNormalizer',
];

/**
 * @param {import('../../src/core/random/random.ts').Random} random
 * @param {Uint8Array} model - a valid ONNX file
 * @returns {Buffer} the file with one to four fields changed, dropped, repeated or exchanged
 */
export function mutateOnnx(random, model) {
  const fields = parse(Buffer.from(model), MODEL);
  for (let count = 1 + random.int(4); count > 0; count--) change(random, fields);
  return encode(fields);
}

function change(random, root) {
  const lists = [];
  collect(root, lists);
  // Messages near the root are few and their fields many: choose a message first, then one of its fields.
  const fields = lists[random.int(lists.length)];
  if (fields.length === 0) return;
  const at = random.int(fields.length);
  const field = fields[at];
  switch (random.int(8)) {
    case 0:
      fields.splice(at, 1);
      break;
    case 1:
      for (let times = 1 + random.int(random.int(10) === 0 ? 300 : 3); times > 0; times--)
        fields.push(cloneField(field));
      break;
    case 2:
      fields.push(fields.splice(at, 1)[0]);
      break;
    case 3: {
      const other = lists[random.int(lists.length)];
      if (other.length > 0) fields[at] = cloneField(other[random.int(other.length)]);
      break;
    }
    default:
      changeValue(random, field, lists);
  }
}

function changeValue(random, field, lists) {
  if (field.wire === 0) {
    field.number = random.int(3) === 0 ? BigInt(random.int(64)) : HUGE[random.int(HUGE.length)];
    return;
  }
  if (field.children) return change(random, field.children);
  const bytes = Buffer.from(field.bytes);
  const looksLikeText =
    bytes.length > 0 && bytes.length < 60 && bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
  const kind = random.int(5);
  if (looksLikeText && kind < 2) field.bytes = Buffer.from(OPERATORS[random.int(OPERATORS.length)]);
  else if (looksLikeText && kind < 4) {
    const texts = lists.flat().filter(({ bytes: value }) => value && value.length > 0 && value.length < 60);
    field.bytes = Buffer.from(texts[random.int(texts.length)].bytes);
  } else if (bytes.length >= 8 && kind < 3) {
    // Shapes are lists of int64.
    bytes.writeBigUInt64LE(HUGE[random.int(HUGE.length)], 8 * random.int(Math.floor(bytes.length / 8)));
    field.bytes = bytes;
  } else if (kind === 3) field.bytes = bytes.subarray(0, random.int(bytes.length + 1));
  else if (bytes.length > 0) {
    bytes[random.int(bytes.length)] ^= 1 << random.int(8);
    field.bytes = bytes;
  }
}

// structuredClone would copy the whole file with each part of it.
function cloneField(field) {
  return field.children ? { ...field, children: field.children.map(cloneField) } : { ...field };
}

function collect(fields, lists) {
  lists.push(fields);
  for (const { children } of fields) if (children) collect(children, lists);
}

function parse(bytes, schema) {
  const fields = [];
  let offset = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[offset++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (offset < bytes.length) {
    const tag = Number(varint());
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    if (wire === 0) fields.push({ field: number, wire, number: varint() });
    else {
      const length = wire === 2 ? Number(varint()) : wire === 1 ? 8 : 4;
      const content = bytes.subarray(offset, offset + length);
      offset += length;
      const inner = wire === 2 ? schema[number] : undefined;
      fields.push(
        inner
          ? { field: number, wire, children: parse(content, inner) }
          : { field: number, wire, bytes: content },
      );
    }
  }
  return fields;
}

function encode(fields) {
  const parts = [];
  for (const { field, wire, number, children, bytes } of fields) {
    parts.push(encodeVarint(BigInt(field * 8 + wire)));
    if (wire === 0) parts.push(encodeVarint(number));
    else {
      const content = children ? encode(children) : bytes;
      if (wire === 2) parts.push(encodeVarint(BigInt(content.length)));
      parts.push(content);
    }
  }
  return Buffer.concat(parts);
}

function encodeVarint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, value);
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}
