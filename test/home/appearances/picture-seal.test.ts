import { describe, expect, it } from 'vitest';
import { openPicture, readPictureKey, sealPicture } from '../../../src/home/appearances/picture-seal.ts';

const KEY = new Uint8Array(32).fill(7);
const PICTURE = Uint8Array.of(0xff, 0xd8, 1, 2, 3);
const code = (name: string) => expect.objectContaining({ code: name });

describe('sealed pictures', () => {
  it('open with their key, and differ each time', () => {
    const sealed = sealPicture(PICTURE, 'f', KEY);
    expect([...openPicture(sealed, 'f', KEY)]).toEqual([...PICTURE]);
    expect(sealPicture(PICTURE, 'f', KEY)).not.toEqual(sealed);
  });

  it('stay as they are without a key, and are read with one that came later', () => {
    expect(sealPicture(PICTURE, 'f', null)).toBe(PICTURE);
    expect(openPicture(PICTURE, 'f', KEY)).toBe(PICTURE);
  });

  it('open with no other key, for no other face, and not when a byte changed or is missing', () => {
    const sealed = sealPicture(PICTURE, 'f', KEY);
    const changed = Uint8Array.from(sealed);
    changed[changed.length - 1]! ^= 1;
    for (const [bytes, id, key] of [
      [sealed, 'f', null],
      [sealed, 'f', new Uint8Array(32)],
      [sealed, 'other', KEY],
      [changed, 'f', KEY],
      [sealed.subarray(0, -1), 'f', KEY],
      [sealed.subarray(0, 10), 'f', KEY],
    ] as const)
      expect(() => openPicture(bytes, id, key)).toThrow(code('ERR_UNAVAILABLE'));
  });
});

describe('readPictureKey', () => {
  it('reads 32 bytes in hexadecimal digits or base64', () => {
    const hex = '07'.repeat(32);
    const base64 = Buffer.from(KEY).toString('base64');
    for (const text of [hex, hex.toUpperCase(), ` ${hex}\n`, base64])
      expect([...readPictureKey(text)!]).toEqual([...KEY]);
    expect(readPictureKey('')).toBeNull();
  });

  it('refuses anything else, and does not repeat it', () => {
    for (const text of ['secret', '07'.repeat(31), '07'.repeat(33), `${'07'.repeat(31)}zz`]) {
      expect(() => readPictureKey(text)).toThrow(code('ERR_INVALID_ARGUMENT'));
      expect(() => readPictureKey(text)).not.toThrow(text);
    }
  });
});
