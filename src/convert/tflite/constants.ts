import { FaceTriggerError } from '../../core/errors.ts';
import type { TfliteTensor } from './read-tflite.ts';

/** The numbers of a constant of single or half precision. */
export function constantFloats({ name, type, data }: TfliteTensor): Float32Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (type === 'float32')
    return Float32Array.from({ length: data.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  if (type === 'float16')
    return Float32Array.from({ length: data.length / 2 }, (_, i) =>
      halfToNumber(view.getUint16(2 * i, true)),
    );
  throw notNumbers(name, 'floats');
}

/** The numbers of a constant of 32-bit integers. @throws FaceTriggerError `ERR_MODEL_FORMAT` for others */
export function constantIntegers({ name, type, data }: TfliteTensor): number[] {
  if (type !== 'int32' || data.length === 0) throw notNumbers(name, 'integers');
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: data.length / 4 }, (_, i) => view.getInt32(4 * i, true));
}

/** The value of the 16 bits of an IEEE 754 number of half precision. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function notNumbers(name: string, wanted: string): FaceTriggerError {
  return new FaceTriggerError(
    'ERR_MODEL_FORMAT',
    `Cannot convert the TFLite file: "${name}" is no list of ${wanted}`,
  );
}
