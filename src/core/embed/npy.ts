import { expectation, FaceTriggerError, invalidArgument } from '../errors.ts';

/** A table of numbers, row after row. */
export interface NpyMatrix {
  /** float32, row-major, [rows, columns]. */
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

const MAGIC = '\x93NUMPY';

/**
 * Encodes embeddings as a NumPy array file (`.npy`, version 1.0, little-endian float32, [rows, columns]).
 *
 * @param matrix - `data.length` = rows * columns
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`
 * @remarks Format: numpy.lib.format. `numpy.load` reads it.
 */
export function encodeNpy(matrix: NpyMatrix): Uint8Array {
  const { data, rows, columns } = matrix;
  if (data.length !== rows * columns) {
    throw new FaceTriggerError(
      'ERR_SHAPE_MISMATCH',
      expectation(`${rows} x ${columns} numbers`, 'data', data.length),
    );
  }
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  // The data starts at a multiple of 64 bytes: 10 before the header, one line feed at its end.
  const padded = `${header}${' '.repeat(63 - ((10 + header.length) % 64))}\n`;
  const bytes = new Uint8Array(10 + padded.length + data.length * 4);
  const view = new DataView(bytes.buffer);
  bytes.set(latin1Bytes(MAGIC));
  bytes[6] = 1;
  view.setUint16(8, padded.length, true);
  bytes.set(latin1Bytes(padded), 10);
  for (let i = 0; i < data.length; i++) view.setFloat32(10 + padded.length + i * 4, data[i]!, true);
  return bytes;
}

/**
 * Decodes a NumPy array file of floats with one or two dimensions.
 *
 * @param bytes - versions 1.0 to 3.0; `<f4`, `<f8`, `>f4` or `>f8`; either memory order
 * @returns float32 rows; a one-dimensional array is one row
 * @throws FaceTriggerError `ERR_FILE_FORMAT`; object arrays, which would hold pickled code, are refused
 */
export function decodeNpy(bytes: Uint8Array): NpyMatrix {
  if (bytes.length < 12 || latin1Text(bytes.subarray(0, 6)) !== MAGIC)
    throw bad('does not start as .npy files do');
  const wide = bytes[6]! >= 2;
  if (bytes[6]! < 1 || bytes[6]! > 3) throw bad(`has the unknown version ${bytes[6]}`);
  const start = wide ? 12 : 10;
  const lengths = new DataView(bytes.buffer, bytes.byteOffset, 12);
  const length = wide ? lengths.getUint32(8, true) : lengths.getUint16(8, true);
  if (start + length > bytes.length || length > 65_536) throw bad('ends within its header');
  const header = parseHeader(latin1Text(bytes.subarray(start, start + length)));
  const { itemSize, rows, columns } = header;
  const body = bytes.subarray(start + length);
  if (body.length !== rows * columns * itemSize) {
    throw bad(`holds ${body.length} bytes of data where ${rows} x ${columns} x ${itemSize} are due`);
  }
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const data = new Float32Array(rows * columns);
  for (let i = 0; i < data.length; i++) {
    const from = header.fortran ? (i % columns) * rows + Math.floor(i / columns) : i;
    data[i] =
      itemSize === 4 ? view.getFloat32(from * 4, header.little) : view.getFloat64(from * 8, header.little);
  }
  return { data, rows, columns };
}

/** Joins embeddings of one length into a matrix, such as {@link encodeNpy} takes. */
export function stackEmbeddings(embeddings: readonly Float32Array[]): NpyMatrix {
  const columns = embeddings[0]?.length ?? 0;
  const data = new Float32Array(embeddings.length * columns);
  for (const [row, embedding] of embeddings.entries()) {
    if (embedding.length !== columns)
      throw invalidArgument(`${columns} numbers`, `embeddings[${row}]`, embedding.length);
    data.set(embedding, row * columns);
  }
  return { data, rows: embeddings.length, columns };
}

// The header is the text of a Python dictionary with exactly three keys, in any order.
function parseHeader(text: string): {
  itemSize: 4 | 8;
  little: boolean;
  fortran: boolean;
  rows: number;
  columns: number;
} {
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape':\s*\(([\d, ]*)\)/.exec(text)?.[1];
  if (descr === undefined || order === undefined || shape === undefined)
    throw bad('has no descr, fortran_order or shape');
  const type = /^([<>])f([48])$/.exec(descr);
  if (!type) throw bad(`holds ${descr} where float32 or float64 is due`);
  const sizes = shape
    .split(',')
    .map((size) => size.trim())
    .filter(Boolean)
    .map(Number);
  if (sizes.length < 1 || sizes.length > 2) throw bad(`has ${sizes.length} dimensions where 1 or 2 are due`);
  if (sizes.some((size) => !Number.isSafeInteger(size) || size > 2 ** 31))
    throw bad('has a shape that is too large');
  const [rows, columns] = sizes.length === 2 ? (sizes as [number, number]) : [1, sizes[0]!];
  return {
    itemSize: Number(type[2]) as 4 | 8,
    little: type[1] === '<',
    fortran: order === 'True',
    rows,
    columns,
  };
}

function bad(what: string): FaceTriggerError {
  return new FaceTriggerError('ERR_FILE_FORMAT', `The .npy file ${what}`);
}

function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function latin1Text(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}
