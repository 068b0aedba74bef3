// Ways in which a file can be wrong. All of them are drawn from a seeded stream, so that a seed names a file.

const EXTREMES = [
  0,
  1,
  2,
  0x7f,
  0x80,
  0xff,
  0x7fff,
  0x8000,
  0xffff,
  0x7fffffff,
  0x80000000,
  0xffffffff,
  2 ** 53,
  2 ** 64 - 1,
];
const EXTREME_TEXTS = [
  '0',
  '-1',
  '1e999',
  '-1e999',
  '9007199254740993',
  '99999999999999999999',
  'NaN',
  'null',
  'true',
  '""',
  '[]',
  '{}',
  '"\\u0000"',
  '"__proto__"',
  '../../x',
  '\u0000',
  '\uFEFF',
  '\uD800',
  '&a',
  '*a',
  '!!js/function',
  '<<',
  '\t',
  '\r\n',
  "'",
  '"',
  '\\',
  '%00',
  '\u202e',
  'constructor',
  '1.5',
  '2147483648',
];

/**
 * A file with one to four things wrong.
 *
 * @param {import('../../src/core/random/random.ts').Random} random
 * @param {Uint8Array} bytes
 * @param {{ donor: Uint8Array, isText?: boolean, limit?: number }} options - `donor`: another file of the kind, whose
 * parts are put into this one
 */
export function mutateBytes(random, bytes, { donor, isText = false, limit = 64 * 2 ** 20 }) {
  let result = Buffer.from(bytes);
  const changes = isText ? [...TEXT_CHANGES, ...BYTE_CHANGES] : BYTE_CHANGES;
  for (let count = 1 + random.int(4); count > 0; count--) {
    const change = changes[random.int(changes.length)];
    const changed = change(random, result, Buffer.from(donor));
    if (changed.length <= limit) result = changed;
  }
  return result;
}

const BYTE_CHANGES = [
  flipBits,
  flipBits,
  truncate,
  splice,
  writeNumber,
  writeNumber,
  repeatChunk,
  dropChunk,
  fill,
  swapChunks,
];
const TEXT_CHANGES = [replaceToken, replaceToken, repeatLine, dropLine, deepen];

function flipBits(random, bytes) {
  const copy = Buffer.from(bytes);
  for (let count = 1 + random.int(8); count > 0 && copy.length > 0; count--) {
    copy[place(random, copy.length)] ^= 1 << random.int(8);
  }
  return copy;
}

function truncate(random, bytes) {
  return bytes.subarray(0, random.int(bytes.length + 1));
}

function splice(random, bytes, donor) {
  const [from, to] = range(random, donor.length);
  const at = random.int(bytes.length + 1);
  const replaced = random.int(2) === 0 ? 0 : Math.min(to - from, bytes.length - at);
  return Buffer.concat([bytes.subarray(0, at), donor.subarray(from, to), bytes.subarray(at + replaced)]);
}

// Lengths and counts stand in files as numbers of 1 to 8 bytes of either order.
function writeNumber(random, bytes) {
  const size = [1, 2, 4, 8][random.int(4)];
  if (bytes.length < size) return bytes;
  const copy = Buffer.from(bytes);
  const number = Buffer.alloc(8);
  const value = EXTREMES[random.int(EXTREMES.length)];
  number.writeBigUInt64LE(BigInt(Math.min(value, 2 ** 53)) | (value > 2 ** 53 ? 0xffffffffffffffffn : 0n));
  const part = number.subarray(0, size);
  if (random.int(2) === 0) part.reverse();
  part.copy(copy, Math.min(place(random, copy.length), copy.length - size));
  return copy;
}

function repeatChunk(random, bytes) {
  const [from, to] = range(random, bytes.length);
  const times = 1 + random.int(random.int(10) === 0 ? 500 : 5);
  const chunk = bytes.subarray(from, to);
  if (chunk.length * times > 8 * 2 ** 20) return bytes;
  return Buffer.concat([bytes.subarray(0, to), ...Array(times).fill(chunk), bytes.subarray(to)]);
}

function dropChunk(random, bytes) {
  const [from, to] = range(random, bytes.length);
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
}

function fill(random, bytes) {
  const copy = Buffer.from(bytes);
  const [from, to] = range(random, copy.length);
  copy.fill([0, 0xff, 0x20, random.int(256)][random.int(4)], from, to);
  return copy;
}

function swapChunks(random, bytes) {
  const [from, middle] = range(random, bytes.length);
  const to = Math.min(bytes.length, middle + (middle - from));
  const parts = [
    bytes.subarray(0, from),
    bytes.subarray(middle, to),
    bytes.subarray(from, middle),
    bytes.subarray(to),
  ];
  return Buffer.concat(parts);
}

function replaceToken(random, bytes) {
  const text = bytes.toString('latin1');
  const tokens = [...text.matchAll(/"[^"\n]{0,80}"|[\w.+-]{1,40}/g)];
  if (tokens.length === 0) return bytes;
  const { 0: token, index } = tokens[random.int(tokens.length)];
  const other = tokens[random.int(tokens.length)][0];
  const wanted = random.int(4) === 0 ? other : EXTREME_TEXTS[random.int(EXTREME_TEXTS.length)];
  return Buffer.concat([bytes.subarray(0, index), Buffer.from(wanted), bytes.subarray(index + token.length)]);
}

function repeatLine(random, bytes) {
  const lines = bytes.toString('latin1').split('\n');
  const at = random.int(lines.length);
  lines.splice(random.int(lines.length), 0, ...Array(1 + random.int(20)).fill(lines[at]));
  return Buffer.from(lines.join('\n'), 'latin1');
}

function dropLine(random, bytes) {
  const lines = bytes.toString('latin1').split('\n');
  lines.splice(random.int(lines.length), 1);
  return Buffer.from(lines.join('\n'), 'latin1');
}

function deepen(random, bytes) {
  const depth = [10, 1000, 50_000][random.int(3)];
  const [open, close] = [
    ['[', ']'],
    ['{"a":', '}'],
    ['- ', ''],
  ][random.int(3)];
  const nest = Buffer.from(open.repeat(depth) + close.repeat(depth));
  const at = random.int(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), nest, bytes.subarray(at)]);
}

// Headers, which say most, are at the ends of files.
function place(random, length) {
  const kind = random.int(3);
  if (kind === 0) return random.int(Math.min(length, 512));
  if (kind === 1) return length - 1 - random.int(Math.min(length, 512));
  return random.int(length);
}

function range(random, length) {
  if (length === 0) return [0, 0];
  const from = place(random, length);
  const longest = Math.min(length - from, [4, 64, 1024, length][random.int(4)]);
  return [from, from + 1 + random.int(longest)];
}
