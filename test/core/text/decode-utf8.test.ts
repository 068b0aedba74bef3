import { describe, expect, it } from 'vitest';
import { decodeUtf8 } from '../../../src/core/text/decode-utf8.ts';

describe('decodeUtf8', () => {
  it('reads UTF-8 with and without a byte order mark', () => {
    expect(decodeUtf8(Buffer.from('José'), 'pairs.txt')).toBe('José');
    expect(decodeUtf8(Buffer.from('\ufeffJosé'), 'pairs.txt')).toBe('José');
  });

  it.each([
    ['Latin-1', Buffer.from('José', 'latin1'), 'pairs.txt is not UTF-8 text: save it as UTF-8'],
    ['UTF-16', Buffer.from('\ufeffJosé', 'utf16le'), 'pairs.txt is UTF-16 text: save it as UTF-8'],
    ['a sequence that was cut', Buffer.from('José').subarray(0, 4), 'not UTF-8'],
  ])('refuses %s and says what to do', (_, bytes, message) => {
    expect(() => decodeUtf8(bytes, 'pairs.txt')).toThrow(message);
  });
});
