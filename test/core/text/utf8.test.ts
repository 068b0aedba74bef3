import { Buffer, isUtf8 as nodeIsUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeUtf8, isUtf8, utf8Text } from '../../../src/core/text/utf8.ts';

describe('UTF-8', () => {
  it('comes back as it was written, with its byte order mark', () => {
    for (const text of ['', 'Ada', '\uFEFFAda', 'Zoë 😀', 'a\0b'])
      expect(utf8Text(encodeUtf8(text))).toBe(text);
  });

  it('is read as Node reads it, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(isUtf8(bytes)).toBe(nodeIsUtf8(bytes));
        expect(utf8Text(bytes)).toBe(Buffer.from(bytes).toString('utf8'));
      }),
    );
  });

  it('is written as Node writes it, also half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(Buffer.from(encodeUtf8(text)).equals(Buffer.from(text, 'utf8'))).toBe(true);
      }),
    );
    expect(Buffer.from(encodeUtf8('a\uD800b')).toString('hex')).toBe('61efbfbd62');
  });
});
