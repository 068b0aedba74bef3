import { isUtf8 } from 'node:buffer';
import { type Budget, spend } from './pickle-cursor.ts';
import { damaged, refused } from './pickle-errors.ts';

/**
 * Kind, size and byte order of an array's items, as NumPy's dtype strings give them.
 *
 * @remarks Any type can be named: one that is not read only matters where its items are asked for.
 */
export class NumpyType {
  /** b bool, i and u integers, f float, U UTF-32 text, S bytes, O and T Python objects; null: not read. */
  readonly kind: string | null;
  /** Bytes of an item; 0 for objects. */
  itemSize: number;
  little = true;
  /** As the pickle names it, for messages. */
  readonly text: string;

  constructor(text: string) {
    const match = /^([<>|=])?([biufUSOT])(\d{0,9})$/.exec(text);
    const kind = match?.[2] ?? null;
    const size = Number(match?.[3] || 0);
    this.text = text.slice(0, 20);
    this.kind = kind !== null && SIZES[kind]?.includes(size) === false ? null : kind;
    this.itemSize = kind === 'U' ? size * 4 : this.holdsObjects ? 0 : size;
    this.little = match?.[1] !== '>';
  }

  get holdsObjects(): boolean {
    return this.kind === 'O' || this.kind === 'T';
  }
}

/** Sizes of numbers that are read, in bytes. */
const SIZES: Readonly<Record<string, readonly number[]>> = {
  b: [1],
  i: [1, 2, 4, 8],
  u: [1, 2, 4, 8],
  f: [2, 4, 8],
};

/** An array as a pickle brings it: still bytes, or a list of objects. */
export class NumpyArray {
  /** Of the pickle: a few bytes of it can name one array a million times, and each time it is read costs the same. */
  readonly budget: Budget;
  type: NumpyType | null = null;
  shape: readonly number[] = [0];
  fortran = false;
  bytes: Uint8Array | null = null;
  objects: readonly unknown[] | null = null;

  constructor(budget: Budget) {
    this.budget = budget;
  }
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
  if (shape.length > MAX_DIMENSIONS) throw damaged(`an array has more than ${MAX_DIMENSIONS} dimensions`);
  array.type = type;
  array.shape = shape;
  array.fortran = fortran;
  if (type.kind === null) return;
  const count = itemCount(shape);
  // Items without a size would let a few bytes stand for any number of them.
  const isFilled = type.holdsObjects
    ? Array.isArray(data) && data.length === count
    : data.length === count * type.itemSize && (type.itemSize > 0 || count <= 1);
  if (!isFilled) throw damaged(`an array of shape (${shape.join(', ')}) has data of another size`);
  if (type.holdsObjects) array.objects = data as unknown[];
  else array.bytes = data as Uint8Array;
}

/** Beyond it, V8 keeps an array as a table of keys, which takes many times the memory. */
const MAX_ITEMS = 2 ** 25;
/** What an item takes in memory, however small it is in the file. */
const ITEM_BYTES = 8;
/** NumPy's own limit. */
const MAX_DIMENSIONS = 64;

/** Product of the sizes; 1 for a scalar. */
export function itemCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * The items of an array, row after row.
 *
 * @returns numbers (bigint beyond 2^53), booleans, texts or whatever objects it holds
 * @throws FaceTriggerError `ERR_FILE_FORMAT` if it was never filled, or its type is not read
 */
export function arrayItems(array: NumpyArray): unknown[] {
  const { type, shape } = array;
  if (!type) throw damaged('an array was never filled');
  if (type.kind === null) throw refused(`an array of numpy.dtype(${JSON.stringify(type.text)})`);
  const count = itemCount(shape);
  if (count === 0) return [];
  if (count > MAX_ITEMS) throw damaged(`an array has ${count} items where ${MAX_ITEMS} are the most`);
  spend(array.budget, Math.max(count * ITEM_BYTES, array.bytes?.length ?? 0));
  const { objects, bytes } = array;
  const read = objects ? (i: number) => objects[i] : itemReader(type, bytes!);
  const items: unknown[] = new Array(count);
  for (let i = 0; i < count; i++) items[i] = read(array.fortran ? columnMajorIndex(i, shape) : i);
  return items;
}

/** The one item of a NumPy scalar; an array without dimensions where its type is not read. */
export function scalarItem(
  type: NumpyType,
  { bytes, budget }: { readonly bytes: Uint8Array; readonly budget: Budget },
): unknown {
  if (type.kind === null) {
    const array = new NumpyArray(budget);
    array.type = type;
    array.shape = [];
    return array;
  }
  if (type.holdsObjects || bytes.length !== type.itemSize) throw damaged('a NumPy scalar has the wrong size');
  return itemReader(type, bytes)(0);
}

/** What an array without dimensions holds; anything else as it is. */
export function unwrapScalar(value: unknown): unknown {
  return value instanceof NumpyArray && value.shape.length === 0 ? arrayItems(value)[0] : value;
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
    case 'f2':
      return (i) => halfFloat(view.getUint16(i * 2, little));
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
      return (i) => withoutPadding(byteText(bytes.subarray(i * size, (i + 1) * size)));
    default:
      throw refused(`numpy.dtype(${JSON.stringify(type.text)})`);
  }
}

/** Text of bytes, which are UTF-8 in all that is written today and Latin-1 in what is not. */
export function byteText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(
    isUtf8(bytes) ? 'utf8' : 'latin1',
  );
}

// IEEE 754 binary16: a sign, five bits of exponent, ten of fraction.
function halfFloat(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function utf32Text(view: DataView, at: { start: number; size: number; little: boolean }): string {
  let text = '';
  for (let i = 0; i < at.size; i += 4) {
    const code = view.getUint32(at.start + i, at.little);
    if (code > 0x10ffff) throw damaged('a text has a character outside Unicode');
    text += String.fromCodePoint(code);
  }
  return withoutPadding(text);
}

/** NumPy fills texts up with NUL. No regular expression: that would look from each NUL to the end. */
function withoutPadding(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end--;
  return text.slice(0, end);
}

// Whoever needs the number refuses one that is not exact.
function exactNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
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
