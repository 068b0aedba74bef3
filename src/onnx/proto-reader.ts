import { FaceTriggerError } from '../core/errors.ts';

/** One field of a protocol buffer message: `bytes` for wire type 2, else `number`. */
export interface ProtoField {
  readonly field: number;
  readonly wireType: number;
  readonly number: number;
  readonly bytes: Uint8Array | null;
}

/**
 * Walks the fields of one protocol buffer message without trusting it.
 *
 * @param message - bytes of the message; nested messages are views, never copies
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` on a cut or malformed field
 */
export function* readFields(message: Uint8Array): Generator<ProtoField> {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let offset = 0;

  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (offset >= message.length) throw malformed();
      const byte = message[offset++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw malformed();
  }

  function skip(count: number): number {
    const start = offset;
    if (!(count >= 0) || count > message.length - start) throw malformed();
    offset += count;
    return start;
  }

  while (offset < message.length) {
    const tag = Number(varint());
    const field = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (field < 1) throw malformed();
    if (wireType === 0) yield { field, wireType, number: Number(varint()), bytes: null };
    else if (wireType === 1) yield { field, wireType, number: view.getFloat64(skip(8), true), bytes: null };
    else if (wireType === 2) {
      const length = Number(varint());
      const start = skip(length);
      yield { field, wireType, number: 0, bytes: message.subarray(start, start + length) };
    } else if (wireType === 5) yield { field, wireType, number: view.getFloat32(skip(4), true), bytes: null };
    else throw malformed();
  }
}

/** The whole numbers of a repeated field that was packed into bytes. */
export function readPackedVarints(bytes: Uint8Array): number[] {
  const values: number[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte < 0x80) {
      values.push(Number(BigInt.asIntN(64, value)));
      value = 0n;
      shift = 0n;
    } else if (shift > 63n) throw malformed();
  }
  if (shift !== 0n) throw malformed();
  return values;
}

/**
 * The whole numbers of a repeated field, which may be packed.
 *
 * @remarks There can be millions of them: too many to be handed to a function as its arguments.
 */
export function readIntegers(number: number, packed: Uint8Array | null): readonly number[] {
  return packed === null ? [number] : readPackedVarints(packed);
}

function malformed(): FaceTriggerError {
  return new FaceTriggerError(
    'ERR_MODEL_FORMAT',
    'The ONNX file is truncated or damaged: a protobuf field ends early',
  );
}
