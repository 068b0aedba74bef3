import { FaceTriggerError } from '../../errors.ts';

/** Kind, size and byte order of an array's items, as NumPy's dtype strings give them. */
export class NumpyType {
  /** b bool, i and u integers, f float, U UTF-32 text, S bytes, O Python objects. */
  readonly kind: string;
  /** Bytes of an item; 0 for objects. */
  itemSize: number;
  little = true;

  constructor(text: string) {
    const match = /^([<>|=])?([biufUSO])(\d{0,9})$/.exec(text);
    if (!match) throw refused(`numpy.dtype(${JSON.stringify(text.slice(0, 20))})`);
    this.kind = match[2]!;
    const size = Number(match[3] || 0);
    this.itemSize = this.kind === 'U' ? size * 4 : this.kind === 'O' ? 0 : size;
    this.little = match[1] !== '>';
    const sizes: Record<string, number[]> = { b: [1], i: [1, 2, 4, 8], u: [1, 2, 4, 8], f: [4, 8] };
    if (sizes[this.kind]?.includes(size) === false) throw refused(`numpy.dtype(${JSON.stringify(text)})`);
  }
}

/** An array as a pickle brings it: still bytes, or a list of objects. */
export class NumpyArray {
  type: NumpyType | null = null;
  shape: readonly number[] = [0];
  fortran = false;
  bytes: Uint8Array | null = null;
  objects: readonly unknown[] | null = null;
}

/** A one- or two-dimensional array of numbers. */
export interface NumberTable {
  /** Row-major. */
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Fills an array after checking that its bytes fit its shape.
 *
 * @throws FaceTriggerError `ERR_FILE_FORMAT`
 */
export function setArray(
  array: NumpyArray,
  content: {
    type: NumpyType;
    shape: readonly unknown[];
    fortran: boolean;
    data: Uint8Array | readonly unknown[];
  },
): void {
  const { type, fortran, data } = content;
  const shape = content.shape.map((size) => {
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > 2 ** 31) {
      throw damaged('an array has no proper shape');
    }
    return size;
  });
  if (shape.length > 4) throw damaged('an array has more than 4 dimensions');
  const count = itemCount(shape);
  if (
    type.kind === 'O' ? !Array.isArray(data) || data.length !== count : data.length !== count * type.itemSize
  ) {
    throw damaged(`an array of shape (${shape.join(', ')}) has data of another size`);
  }
  array.type = type;
  array.shape = shape;
  array.fortran = fortran;
  if (type.kind === 'O') array.objects = data as unknown[];
  else array.bytes = data as Uint8Array;
}

/** Product of the sizes; 1 for a scalar. */
export function itemCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * The items of an array, row after row.
 *
 * @returns numbers, booleans, texts or whatever objects it holds
 * @throws FaceTriggerError `ERR_FILE_FORMAT` if an integer is too large for a number to be exact
 */
export function arrayItems(array: NumpyArray): unknown[] {
  const { type, shape } = array;
  if (!type) throw damaged('an array was never filled');
  const count = itemCount(shape);
  const read = array.objects ? (i: number) => array.objects![i] : itemReader(type, array.bytes!);
  const items: unknown[] = new Array(count);
  for (let i = 0; i < count; i++) items[i] = read(array.fortran ? columnMajorIndex(i, shape) : i);
  return items;
}

/** The one item of a NumPy scalar. */
export function scalarItem(type: NumpyType, bytes: Uint8Array): unknown {
  if (type.kind === 'O' || bytes.length !== type.itemSize) throw damaged('a NumPy scalar has the wrong size');
  return itemReader(type, bytes)(0);
}

/**
 * An array of numbers as a table.
 *
 * @throws FaceTriggerError `ERR_FILE_FORMAT` if it is no array of finite numbers with one or two dimensions
 */
export function numberTable(value: unknown, name: string): NumberTable {
  if (!(value instanceof NumpyArray)) throw damaged(`${name} is no array`);
  const { shape } = value;
  if (shape.length < 1 || shape.length > 2) throw damaged(`${name} has ${shape.length} dimensions`);
  const items = arrayItems(value);
  const data = Float64Array.from(items, (item) => {
    if (typeof item !== 'number' || !Number.isFinite(item))
      throw damaged(`${name} has an item that is no finite number`);
    return item;
  });
  return { data, rows: shape.length === 2 ? shape[0]! : 1, columns: shape.at(-1)! };
}

function itemReader(type: NumpyType, bytes: Uint8Array): (index: number) => unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { itemSize: size, little } = type;
  switch (`${type.kind}${type.kind === 'U' || type.kind === 'S' ? '' : size}`) {
    case 'b1':
      return (i) => view.getUint8(i) !== 0;
    case 'f4':
      return (i) => view.getFloat32(i * 4, little);
    case 'f8':
      return (i) => view.getFloat64(i * 8, little);
    case 'i1':
      return (i) => view.getInt8(i);
    case 'i2':
      return (i) => view.getInt16(i * 2, little);
    case 'i4':
      return (i) => view.getInt32(i * 4, little);
    case 'i8':
      return (i) => exactNumber(view.getBigInt64(i * 8, little));
    case 'u1':
      return (i) => view.getUint8(i);
    case 'u2':
      return (i) => view.getUint16(i * 2, little);
    case 'u4':
      return (i) => view.getUint32(i * 4, little);
    case 'u8':
      return (i) => exactNumber(view.getBigUint64(i * 8, little));
    case 'U':
      return (i) => utf32Text(view, { start: i * size, size, little });
    case 'S':
      return (i) =>
        Buffer.from(bytes.subarray(i * size, (i + 1) * size))
          .toString('latin1')
          .replace(/\0+$/, '');
    default:
      throw refused(`numpy.dtype of kind ${type.kind}`);
  }
}

function utf32Text(view: DataView, at: { start: number; size: number; little: boolean }): string {
  let text = '';
  for (let i = 0; i < at.size; i += 4) {
    const code = view.getUint32(at.start + i, at.little);
    if (code > 0x10ffff) throw damaged('a text has a character outside Unicode');
    text += String.fromCodePoint(code);
  }
  return text.replace(/\0+$/, '');
}

function exactNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw damaged('an integer is beyond 2^53');
  return number;
}

// Position in column-major data of the i-th item in row-major order.
function columnMajorIndex(i: number, shape: readonly number[]): number {
  let index = 0;
  let stride = itemCount(shape);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis]!;
    stride /= size;
    index += (i % size) * stride;
    i = Math.floor(i / size);
  }
  return index;
}

/** The error for a pickle that is not whole or not consistent. */
export function damaged(what: string): FaceTriggerError {
  return new FaceTriggerError('ERR_FILE_FORMAT', `The pickle is damaged or unknown: ${what}`);
}

/** The error for a class or function that is not on the list of what is read. */
export function refused(name: string): FaceTriggerError {
  return new FaceTriggerError(
    'ERR_FILE_FORMAT',
    `The pickle needs ${name}, which is not among the few classes that are read; nothing of it was run`,
  );
}
