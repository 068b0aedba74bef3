import { describe, expect, it } from 'vitest';
import { pictureInJson } from '../../src/server/picture-in-json.ts';

const read = (json: string, maxBytes = 100) => pictureInJson(Buffer.from(json), { field: 'image', maxBytes });

describe('pictureInJson', () => {
  it('takes base64 and data: URLs', () => {
    const base64 = Buffer.from([1, 2, 3, 4]).toString('base64');
    for (const text of [base64, `data:image/png;base64,${base64}`, `${base64}\\n`]) {
      expect([...read(`{"other":1,"image":"${text}"}`)]).toEqual([1, 2, 3, 4]);
    }
  });

  it.each([
    ['no JSON', '{"image":'],
    ['no object', '[1,2]'],
    ['null', 'null'],
    ['no such field', '{}'],
    ['only a prototype with the field', '{"__proto__":{"image":"AAAA"}}'],
    ['a number', '{"image":7}'],
    ['an empty text', '{"image":""}'],
    ['something else than base64', '{"image":"not base64 !!"}'],
  ])('refuses %s', (_, json) => {
    expect(() => read(json)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }));
  });

  it('refuses more bytes than the limit', () => {
    const json = `{"image":"${Buffer.alloc(101).toString('base64')}"}`;
    expect(() => read(json)).toThrow(expect.objectContaining({ code: 'ERR_IMAGE_TOO_LARGE' }));
    expect(read(json, 101)).toHaveLength(101);
  });
});
