import { gunzipSync, inflateSync } from 'node:zlib';
import { FaceTriggerError } from '../../core/errors.ts';
import { damaged } from './pickle-errors.ts';
import { type PickleLimits, readPickle } from './pickle-reader.ts';

/** Largest size after unpacking, in bytes, unless told otherwise. */
export const MAX_PICKLE_BYTES = 256 * 2 ** 20;

/**
 * Reads a pickle or joblib file, uncompressed or compressed with zlib or gzip.
 *
 * @param bytes - the whole file
 * @returns the value, see `readPickle`
 * @throws FaceTriggerError `ERR_FILE_FORMAT`; bz2, xz, lzma and lz4 files are refused with their name
 */
export function readJoblib(
  bytes: Uint8Array,
  options: PickleLimits & {
    /** Told how many bytes the file has when it is unpacked. */
    readonly onSize?: ((bytes: number) => void) | undefined;
  } = {},
): unknown {
  const { onSize, ...limits } = options;
  const maxOutputLength = limits.maxBytes ?? MAX_PICKLE_BYTES;
  const content = unpack(bytes, maxOutputLength);
  onSize?.(content.length);
  return readPickle(content, { maxBytes: maxOutputLength, ...limits });
}

function unpack(bytes: Uint8Array, maxOutputLength: number): Uint8Array {
  const [a, b, c, d] = bytes;
  const name =
    a === 0x42 && b === 0x5a && c === 0x68
      ? 'bz2'
      : a === 0xfd && b === 0x37 && c === 0x7a
        ? 'xz'
        : a === 0x5d && b === 0 && c === 0
          ? 'lzma'
          : a === 0x04 && b === 0x22 && c === 0x4d && d === 0x18
            ? 'lz4'
            : a === 0x5a && b === 0x46
              ? 'joblib 0.9 (ZF)'
              : null;
  if (name) {
    throw new FaceTriggerError(
      'ERR_FILE_FORMAT',
      `The file is compressed with ${name}, which cannot be read: save it again with joblib.dump(model, path)`,
    );
  }
  try {
    if (a === 0x1f && b === 0x8b) return gunzipSync(bytes, { maxOutputLength });
    // zlib's two first bytes are a multiple of 31 and start with method 8 (RFC 1950).
    if (a === 0x78 && b !== undefined && (a * 256 + b) % 31 === 0)
      return inflateSync(bytes, { maxOutputLength });
  } catch (cause) {
    const error = damaged('it cannot be unpacked, or unpacks to too much');
    throw new FaceTriggerError('ERR_FILE_FORMAT', error.message, { cause });
  }
  return bytes;
}
