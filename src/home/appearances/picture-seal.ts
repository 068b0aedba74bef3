import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { FaceTriggerError } from '../../core/errors.ts';

/** The variable that holds the key of pictures: 32 bytes as 64 hexadecimal digits, or in base64. */
export const PICTURE_KEY_VARIABLE = 'FACE_TRIGGER_PICTURE_KEY';

/** "FTs1": sealed bytes begin so, and no picture does. */
const MAGIC = Buffer.from('FTs1');
const CIPHER = 'aes-256-gcm';
const [IV_BYTES, TAG_BYTES, KEY_BYTES] = [12, 16, 32];

/**
 * Reads the key of pictures.
 *
 * @returns `null` where none is given: pictures are kept as they are
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for one that is none; the message does not repeat it
 */
export function readPictureKey(value = process.env[PICTURE_KEY_VARIABLE]): Uint8Array | null {
  if (value === undefined || value === '') return null;
  const text = value.trim();
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (key.length === KEY_BYTES && /^[0-9A-Za-z+/_=-]+$/.test(text)) return key;
  const message = `${PICTURE_KEY_VARIABLE} holds no key: 32 bytes as 64 hexadecimal digits or in base64 are expected, as "openssl rand -hex 32" makes them`;
  throw new FaceTriggerError('ERR_INVALID_ARGUMENT', message);
}

/**
 * Seals a picture with AES-256-GCM; without a key it stays as it is.
 *
 * @param faceId - what it is of: the sealed bytes open for nothing else
 */
export function sealPicture(picture: Uint8Array, faceId: string, key: Uint8Array | null): Uint8Array {
  if (key === null) return picture;
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv).setAAD(Buffer.from(faceId));
  const sealed = Buffer.concat([cipher.update(picture), cipher.final()]);
  return Buffer.concat([MAGIC, iv, cipher.getAuthTag(), sealed]);
}

/**
 * Opens what {@link sealPicture} made.
 *
 * @throws FaceTriggerError `ERR_UNAVAILABLE` without the key that it was sealed with, and for bytes that somebody changed:
 * the two cannot be told from each other
 */
export function openPicture(bytes: Uint8Array, faceId: string, key: Uint8Array | null): Uint8Array {
  if (!MAGIC.equals(bytes.subarray(0, MAGIC.length))) return bytes;
  if (key === null) {
    const message = `This picture is encrypted: start with its key in ${PICTURE_KEY_VARIABLE}`;
    throw new FaceTriggerError('ERR_UNAVAILABLE', message);
  }
  const iv = bytes.subarray(MAGIC.length, MAGIC.length + IV_BYTES);
  const tag = bytes.subarray(MAGIC.length + IV_BYTES, MAGIC.length + IV_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv(CIPHER, key, iv).setAAD(Buffer.from(faceId)).setAuthTag(tag);
    const sealed = bytes.subarray(MAGIC.length + IV_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch (cause) {
    const message = `This picture cannot be decrypted: ${PICTURE_KEY_VARIABLE} holds another key than it was encrypted with, or its bytes were changed`;
    throw new FaceTriggerError('ERR_UNAVAILABLE', message, { cause });
  }
}
