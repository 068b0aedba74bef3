import { FaceTriggerError } from '../errors.ts';

/**
 * Reads bytes as UTF-8, with or without a byte order mark.
 *
 * @param name - what error messages call the file
 * @throws FaceTriggerError `ERR_FILE_FORMAT` for other encodings: read as UTF-8, their names would be other names
 */
export function decodeUtf8(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    const what = utf16 ? 'is UTF-16 text' : 'is not UTF-8 text';
    throw new FaceTriggerError('ERR_FILE_FORMAT', `${name} ${what}: save it as UTF-8`, { cause });
  }
}
