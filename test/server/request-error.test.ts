import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { requestError } from '../../src/server/request-error.ts';
import { PAGE_QUERY } from '../../src/server/schemas/fields.ts';
import { ENROLL_QUERY, NEW_PERSON } from '../../src/server/schemas/people-schemas.ts';
import { NEW_KEY } from '../../src/server/schemas/system-schemas.ts';

function errorOf(schema: z.ZodObject, value: unknown, part = 'body') {
  const { error } = schema.safeParse(value, { reportInput: true });
  return requestError(error!.issues, { part, known: Object.keys(schema.shape) });
}

describe('what is answered to a wrong request', () => {
  it.each([
    [PAGE_QUERY, { limit: 'x' }, 'Expected a number for querystring/limit but received "x"'],
    [PAGE_QUERY, { limit: '1.5' }, 'Expected an integer for querystring/limit but received 1.5'],
    [PAGE_QUERY, { limit: '0' }, 'Expected a number >= 1 for querystring/limit but received 0'],
    [PAGE_QUERY, { limit: ['1', '2'] }, 'Expected a number for querystring/limit but received ["1","2"]'],
    [PAGE_QUERY, { nope: '1' }, 'Expected only limit, cursor, query for querystring but received "nope"'],
    [
      ENROLL_QUERY,
      { review: 'no' },
      'Expected "off", "standard" or "strict" for querystring/review but received "no"',
    ],
    [
      ENROLL_QUERY,
      { box: '1,2' },
      'Expected left,top,width,height in pixels, such as 118,96,140,140 for querystring/box but received "1,2"',
    ],
  ])('says what was expected in an address and what came', (schema, query, message) => {
    expect(errorOf(schema, query, 'querystring')).toMatchObject({ code: 'ERR_INVALID_ARGUMENT', message });
  });

  it.each([
    [NEW_PERSON, {}, 'Expected text for body/name but there is none'],
    [NEW_PERSON, null, 'Expected an object for body but received null'],
    [NEW_PERSON, [], 'Expected an object for body but received []'],
    [NEW_PERSON, { name: null }, 'Expected text for body/name but received null'],
    [NEW_PERSON, { name: '' }, 'Expected text of at least 1 character for body/name but received ""'],
    [
      NEW_PERSON,
      { name: 'Ada', consent: { text: 'Yes' } },
      'Expected text for body/consent/at but there is none',
    ],
    [
      NEW_PERSON,
      { name: 'Ada', consent: { text: 'Yes', at: 'now', by: 'me' } },
      'Expected nothing else for body/consent but received "by"',
    ],
    [
      NEW_KEY,
      { label: 'x', scopes: ['none'] },
      'Expected "read", "recognize" or "admin" for body/scopes/0 but received "none"',
    ],
    [
      NEW_KEY,
      { label: 'x', scopes: [] },
      'Expected a list of at least 1 item for body/scopes but received []',
    ],
  ])('says what was expected in a body and what came', (schema, body, message) => {
    expect(errorOf(schema, body).message).toBe(message);
  });

  it('names the fields for programs, and tells no more than three faults of many', () => {
    const { message, details } = errorOf(NEW_KEY, { label: 5, scopes: ['a', 'b', 'c'] });
    expect(message.split('; ')).toHaveLength(3);
    expect(details).toEqual({ fields: ['body/label', 'body/scopes/0', 'body/scopes/1'] });
  });

  it('stays short, whatever was sent', () => {
    const body = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key${i}`, 'x'.repeat(100)]));
    expect(errorOf(NEW_PERSON, body).message.length).toBeLessThan(300);
    expect(errorOf(NEW_PERSON, { name: 'x'.repeat(100_000) }).message.length).toBeLessThan(300);
  });
});
