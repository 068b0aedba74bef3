import fastify from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { failures } from '../../../src/server/plugins/failures.ts';
import { validation } from '../../../src/server/plugins/validation.ts';
import { ID_PARAMETERS, PAGE_QUERY } from '../../../src/server/schemas/fields.ts';
import { NEW_PERSON, PERSON } from '../../../src/server/schemas/people-schemas.ts';
import { SETTINGS_CHANGES } from '../../../src/server/schemas/system-schemas.ts';

const ID = '3f0c2f6e-8a0e-4c1b-9d55-0a6f0c9d2b11';
const server = fastify().withTypeProvider<ZodTypeProvider>();

beforeAll(async () => {
  await server.register(failures);
  await server.register(validation);
  // What plain bytes are read as by the server's own parsers.
  server.addContentTypeParser('text/plain', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  const echo = z.object({ got: z.unknown() });
  server.get(
    '/page',
    { schema: { querystring: PAGE_QUERY, response: { 200: echo } } },
    async ({ query }) => ({
      got: query,
    }),
  );
  server.patch(
    '/settings',
    { schema: { body: SETTINGS_CHANGES, response: { 200: echo } } },
    async ({ body }) => ({
      got: body,
    }),
  );
  server.post('/person/:id', {
    schema: { params: ID_PARAMETERS, body: NEW_PERSON, response: { 200: PERSON } },
    handler: async ({ params: { id }, body: { name } }) => {
      const createdAt = new Date('2026-11-27T09:30:00Z');
      const person = { id, name, faces: 0, createdAt, expiresAt: null, consent: null };
      return { ...person, embedding: [1, 2] };
    },
  });
  return () => server.close();
});

describe('a request', () => {
  it('has numbers where text came, and defaults where nothing came', async () => {
    expect((await server.inject('/page?limit=5&query=7')).json()).toEqual({ got: { limit: 5, query: '7' } });
    expect((await server.inject('/page')).json()).toEqual({ got: { limit: 100 } });
  });

  it('that is wrong is refused before its route sees it, with the fields by name', async () => {
    const refused = await server.inject('/page?limit=0&nope=1');
    expect(refused.statusCode).toBe(400);
    expect(refused.json()).toEqual({
      error: {
        code: 'ERR_INVALID_ARGUMENT',
        message:
          'Expected a number >= 1 for querystring/limit but received 0; ' +
          'Expected only limit, cursor, query for querystring but received "nope"',
        details: { fields: ['querystring/limit', 'querystring'] },
      },
    });
  });

  it.each([
    [{ maxDistance: '0.5', retentionDays: null }, 200],
    [{ retentionDays: '30' }, 200],
    [{}, 200],
    [{ maxDistance: null }, 400],
    [{ maxDistance: true }, 400],
    [{ maxDistance: '' }, 400],
    [{ retentionDays: '' }, 400],
    [{ retentionDays: false }, 400],
    [null, 400],
    [[], 400],
  ])('takes no nothing for a number: %j', async (payload, status) => {
    const body = JSON.stringify(payload);
    const headers = { 'content-type': 'application/json' };
    const { statusCode } = await server.inject({ method: 'PATCH', url: '/settings', payload: body, headers });
    expect(statusCode).toBe(status);
  });

  it('of plain bytes is no object, however many there are', async () => {
    const { statusCode, body } = await server.inject({
      method: 'PATCH',
      url: '/settings',
      payload: 'x'.repeat(200_000),
      headers: { 'content-type': 'text/plain' },
    });
    expect(statusCode).toBe(400);
    expect(JSON.parse(body)).toMatchObject({
      error: { message: 'Expected JSON for body but received "something else"' },
    });
  });
});

describe('an answer', () => {
  it('has times as text, and nothing that its schema does not name', async () => {
    const answer = await server.inject({ method: 'POST', url: `/person/${ID}`, payload: { name: 'Ada' } });
    expect(answer.json()).toEqual({
      id: ID,
      name: 'Ada',
      faces: 0,
      createdAt: '2026-11-27T09:30:00.000Z',
      expiresAt: null,
      consent: null,
    });
  });
});
