import { FaceTriggerError } from '../core/errors.ts';
import { uploadError } from './upload-error.ts';

/**
 * Takes a picture out of a JSON document that holds it as base64, of either alphabet (RFC 4648), plain or as a data: URL.
 *
 * @param json - UTF-8 bytes of an object
 * @param options.field - name of the object's own property
 * @param options.maxBytes - of the picture
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, `ERR_IMAGE_TOO_LARGE`
 * @remarks Ten megabytes take about 100 ms: work for a process of the pool, not for the server.
 */
export function pictureInJson(
  json: Uint8Array,
  { field, maxBytes }: { readonly field: string; readonly maxBytes: number },
): Uint8Array {
  const text = readField(json, field);
  if (typeof text !== 'string' || text.trim() === '') {
    throw uploadError('field-missing', `Expected a picture in "${field}" but there is none`);
  }
  // Browsers give data: URLs.
  const base64 = text.replace(/^\s*data:[^,]{0,100};base64,/i, '');
  if (!/^[A-Za-z0-9+/_\-\s]*={0,2}\s*$/.test(base64)) {
    throw uploadError('not-base64', `Expected base64 in "${field}"`);
  }
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length > maxBytes) {
    throw new FaceTriggerError('ERR_IMAGE_TOO_LARGE', `A picture has more than ${maxBytes} bytes`);
  }
  return bytes;
}

function readField(json: Uint8Array, field: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(json.buffer, json.byteOffset, json.byteLength).toString('utf8'));
  } catch (cause) {
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', 'The body is not JSON', { cause });
  }
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, field)) return undefined;
  return (value as Record<string, unknown>)[field];
}
