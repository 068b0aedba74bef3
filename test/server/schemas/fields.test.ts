import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  booleanField,
  EMBEDDING_FIELD,
  integerField,
  listField,
  numberField,
  UUID,
} from '../../../src/server/schemas/fields.ts';

const read = (schema: z.ZodType, value: unknown) => {
  const { success, data } = schema.safeParse(value);
  return success ? data : 'refused';
};

describe('a number of a request', () => {
  it('is itself, as a number and as text', () => {
    const any = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(any, (number) => {
        expect(read(numberField(), number)).toBe(number);
        expect(read(numberField(), String(number)) === number).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (number) => {
        expect(read(integerField({ min: 1, max: 100 }), String(number))).toBe(number);
      }),
    );
    expect(read(numberField(), ' 5')).toBe(5);
  });

  it.each([null, true, false, '', ' ', 'x', '1,5', 'NaN', 'Infinity', '1e999', NaN, Infinity, [], ['5'], {}])(
    'is not made of %j',
    (value) => {
      expect(read(numberField(), value)).toBe('refused');
      expect(read(integerField({ min: -10, max: 10 }), value)).toBe('refused');
    },
  );

  it('keeps its bounds', () => {
    expect([0, 1, 4, 5].map((value) => read(integerField({ min: 1, max: 4 }), value))).toEqual([
      'refused',
      1,
      4,
      'refused',
    ]);
    expect(read(integerField({ min: 1, max: 4 }), '1.5')).toBe('refused');
    expect([-0.1, 0, 1, 1.1].map((value) => read(numberField({ min: 0, max: 1 }), value))).toEqual([
      'refused',
      0,
      1,
      'refused',
    ]);
  });
});

describe('a boolean of a request', () => {
  it('is true or false, as text too, and nothing else', () => {
    expect(['true', 'false', true, false].map((value) => read(booleanField(), value))).toEqual([
      true,
      false,
      true,
      false,
    ]);
    for (const value of ['TRUE', '1', 1, 0, '', null, 'yes'])
      expect(read(booleanField(), value)).toBe('refused');
  });
});

describe('a list of a request', () => {
  it('is complained about once where it is too long, whatever its items are', () => {
    const { error } = listField(z.string(), { min: 1, max: 3 }).safeParse(Array(100_000).fill(null));
    expect(error?.issues).toMatchObject([{ code: 'too_big', maximum: 3, path: [] }]);
  });

  it('has at least as many items as it must', () => {
    expect(read(listField(z.string(), { min: 1, max: 3 }), [])).toBe('refused');
    expect(read(listField(z.string(), { min: 1, max: 3 }), ['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
    expect(read(listField(z.string(), { min: 1, max: 3 }), { length: 2 })).toBe('refused');
  });

  it('of numbers may be an embedding, of text too', () => {
    expect(read(EMBEDDING_FIELD, ['0.5', -1])).toEqual([0.5, -1]);
    expect(read(EMBEDDING_FIELD, [0.5, null])).toBe('refused');
    expect(read(EMBEDDING_FIELD, Array(4097).fill(0))).toBe('refused');
  });
});

describe('an id', () => {
  it('is a UUID in lower case', () => {
    fc.assert(fc.property(fc.uuid(), (id) => void expect(read(UUID, id)).toBe(id)));
    for (const id of ['', 'x', '3F0C2F6E-8A0E-4C1B-9D55-0A6F0C9D2B11', '../3f0c2f6e'])
      expect(read(UUID, id)).toBe('refused');
  });
});
