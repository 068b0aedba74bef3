import { encodeUtf8 } from '../core/text/utf8.ts';

const WIRE_VARINT = 0;
const WIRE_BYTES = 2;
const WIRE_FIXED32 = 5;

/**
 * Writes protocol buffer fields, as much of the wire format as ONNX needs.
 *
 * @remarks Source: protobuf.dev/programming-guides/encoding. Pieces are kept by reference and joined once, so that
 * weights are copied a single time.
 */
export class ProtoWriter {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  /** A whole number from -2^53 to 2^53 as int64; negative ones take ten bytes as the format says. */
  varint(field: number, value: number): this {
    this.#tag(field, WIRE_VARINT);
    return this.#push(encodeVarint(value));
  }

  float(field: number, value: number): this {
    this.#tag(field, WIRE_FIXED32);
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#push(bytes);
  }

  string(field: number, value: string): this {
    return this.bytes(field, encodeUtf8(value));
  }

  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, WIRE_BYTES);
    this.#push(encodeVarint(value.length));
    return this.#push(value);
  }

  message(field: number, write: (writer: ProtoWriter) => void): this {
    const inner = new ProtoWriter();
    write(inner);
    this.#tag(field, WIRE_BYTES);
    this.#push(encodeVarint(inner.#length));
    for (const piece of inner.#pieces) this.#push(piece);
    return this;
  }

  /** Repeated numbers as one packed field. */
  packedVarints(field: number, values: readonly number[]): this {
    return this.bytes(field, joinBytes(values.map(encodeVarint)));
  }

  packedFloats(field: number, values: readonly number[]): this {
    return this.bytes(field, littleEndianBytes(Float32Array.from(values)));
  }

  /** Fields that are written already. */
  raw(fields: Uint8Array): this {
    return this.#push(fields);
  }

  finish(): Uint8Array {
    return joinBytes(this.#pieces);
  }

  #tag(field: number, wireType: number): void {
    this.#push(encodeVarint(field * 8 + wireType));
  }

  #push(piece: Uint8Array): this {
    this.#pieces.push(piece);
    this.#length += piece.length;
    return this;
  }
}

/** Pieces one behind the other. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const piece of pieces) {
    all.set(piece, offset);
    offset += piece.length;
  }
  return all;
}

/** The bytes of a typed array as ONNX stores them. Every platform that Node supports is little-endian. */
export function littleEndianBytes(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function encodeVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
