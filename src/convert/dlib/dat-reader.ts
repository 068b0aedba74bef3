import { FaceTriggerError } from '../../core/errors.ts';

/** A dlib tensor: [n, k, rows, columns], row-major. */
export interface DlibTensor {
  readonly dims: readonly [n: number, k: number, rows: number, columns: number];
  readonly data: Float32Array;
}

/** A dlib matrix, row-major. */
export interface DlibMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

const EXPONENT_INFINITY = 32000;
const EXPONENT_MINUS_INFINITY = 32001;
const EXPONENT_NAN = 32002;
const MAX_STRING_BYTES = 4096;

/**
 * Reads dlib's portable serialization, one value after the other.
 *
 * @remarks Format: dlib/serialize.h and dlib/dnn/tensor.h of dlib 19.24. Nothing in the file is trusted: a count is
 * checked against the bytes that are left before anything is allocated for it.
 */
export class DatReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** The error of a file that is not what it should be at the current place. */
  error(problem: string): FaceTriggerError {
    return new FaceTriggerError(
      'ERR_MODEL_FORMAT',
      `Not a usable dlib model: ${problem} at byte ${this.#offset}`,
    );
  }

  integer(): number {
    const control = this.#byte();
    const count = control & 0x0f;
    if ((control & 0x70) !== 0 || count < 1 || count > 8) throw this.error('a malformed integer');
    let value = 0;
    let scale = 1;
    for (let i = 0; i < count; i++) {
      value += this.#byte() * scale;
      scale *= 256;
    }
    if (!Number.isSafeInteger(value)) throw this.error('an integer out of range');
    return control & 0x80 ? -value : value;
  }

  /** An integer that must be exactly this, such as a version. */
  expectInteger(expected: number, what: string): void {
    const value = this.integer();
    if (value !== expected) throw this.error(`expected ${what} ${expected} but found ${value}`);
  }

  /** A count of things that take at least `bytesEach` bytes apiece, so that a lie cannot make us allocate. */
  count(bytesEach: number): number {
    const value = this.integer();
    if (value < 0 || value * bytesEach > this.remaining)
      throw this.error(`a count of ${value} that cannot fit`);
    return value;
  }

  float(): number {
    const mantissa = this.integer();
    const exponent = this.integer();
    if (exponent === EXPONENT_INFINITY) return Number.POSITIVE_INFINITY;
    if (exponent === EXPONENT_MINUS_INFINITY) return Number.NEGATIVE_INFINITY;
    if (exponent === EXPONENT_NAN) return Number.NaN;
    return mantissa * 2 ** exponent;
  }

  bool(): boolean {
    const byte = this.#byte();
    if (byte !== 0x30 && byte !== 0x31) throw this.error('a malformed bool');
    return byte === 0x31;
  }

  string(): string {
    const length = this.count(1);
    if (length > MAX_STRING_BYTES) throw this.error(`a string of ${length} bytes`);
    const start = this.#skip(length);
    return Buffer.from(this.#bytes.subarray(start, start + length)).toString('latin1');
  }

  matrix(): DlibMatrix {
    // Matrices store their sizes negated; dlib reads positive ones of old files too.
    const rows = Math.abs(this.integer());
    const columns = Math.abs(this.integer());
    // A float in packed form takes at least four bytes: two control bytes and two digits.
    if (rows * columns * 4 > this.remaining)
      throw this.error(`a matrix of ${rows} x ${columns} that cannot fit`);
    const data = new Float32Array(rows * columns);
    for (let i = 0; i < data.length; i++) data[i] = this.float();
    return { rows, columns, data };
  }

  tensor(): DlibTensor {
    this.expectInteger(2, 'tensor version');
    const dims = [this.#size(), this.#size(), this.#size(), this.#size()] as const;
    const size = dims[0] * dims[1] * dims[2] * dims[3];
    if (size * 4 > this.remaining) throw this.error(`a tensor of ${dims.join(' x ')} that cannot fit`);
    const start = this.#skip(size * 4);
    const data = new Float32Array(size);
    new Uint8Array(data.buffer).set(this.#bytes.subarray(start, start + size * 4));
    return { dims, data };
  }

  /** Dimensions of an alias tensor: a window into another tensor. */
  aliasTensor(): readonly [number, number, number, number] {
    this.expectInteger(1, 'alias tensor version');
    return [this.#size(), this.#size(), this.#size(), this.#size()];
  }

  /** Nothing but this file's own data may follow. */
  expectEnd(): void {
    if (this.remaining !== 0) throw this.error(`${this.remaining} bytes after the end of the model`);
  }

  #size(): number {
    const value = this.integer();
    if (value < 0) throw this.error('a negative size');
    return value;
  }

  #byte(): number {
    const byte = this.#bytes[this.#offset];
    if (byte === undefined) throw this.error('the file ends too early');
    this.#offset += 1;
    return byte;
  }

  #skip(length: number): number {
    if (length > this.remaining) throw this.error('the file ends too early');
    const start = this.#offset;
    this.#offset += length;
    return start;
  }
}
