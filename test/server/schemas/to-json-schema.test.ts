import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ERROR } from '../../../src/server/schemas/fields.ts';
import { PERSON } from '../../../src/server/schemas/people-schemas.ts';
import { toJsonSchema } from '../../../src/server/schemas/to-json-schema.ts';

describe('the JSON Schema of an answer', () => {
  it('is as short as a person would write it', () => {
    const schema = z.object({
      at: z.date().nullable(),
      count: z.int(),
      few: z.int().min(1).max(5),
      names: z.array(z.string()).readonly(),
      facts: z.record(z.string(), z.number()).describe('Facts').nullable(),
      more: z.boolean().optional(),
      side: z.enum(['left', 'right']).nullable(),
    });
    expect(toJsonSchema(schema)).toEqual({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: {
        at: { type: ['string', 'null'], format: 'date-time' },
        count: { type: 'integer' },
        few: { type: 'integer', minimum: 1, maximum: 5 },
        names: { type: 'array', items: { type: 'string' } },
        facts: { type: ['object', 'null'], additionalProperties: { type: 'number' }, description: 'Facts' },
        more: { type: 'boolean' },
        side: { type: ['string', 'null'], enum: ['left', 'right', null] },
      },
      required: ['at', 'count', 'few', 'names', 'facts', 'side'],
      additionalProperties: false,
    });
  });

  it('holds for what is answered', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const person = {
      id: '3f0c2f6e-8a0e-4c1b-9d55-0a6f0c9d2b11',
      name: 'Ada',
      faces: 2,
      createdAt: '2026-11-27T09:30:00.000Z',
      expiresAt: null,
      consent: { text: 'Yes', at: '2026-11-27T09:30:00.000Z' },
    };
    const isPerson = ajv.compile(toJsonSchema(PERSON));
    expect(isPerson(person)).toBe(true);
    expect(isPerson({ ...person, consent: null })).toBe(true);
    expect(isPerson({ ...person, expiresAt: 5 })).toBe(false);
    expect(isPerson({ ...person, embedding: [] })).toBe(false);
    const isError = ajv.compile(toJsonSchema(ERROR));
    expect(
      isError({ error: { code: 'ERR_X', message: 'No', details: { reasons: [{ code: 'dark' }] } } }),
    ).toBe(true);
    expect(isError({ error: { code: 'ERR_X' } })).toBe(false);
  });
});
