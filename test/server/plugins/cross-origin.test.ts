import fastify, { type FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import { crossOrigin } from '../../../src/server/plugins/cross-origin.ts';
import { failures } from '../../../src/server/plugins/failures.ts';
import { securityHeaders } from '../../../src/server/plugins/security-headers.ts';

const GOOD = 'https://good.example';

async function open(...allowedOrigins: readonly string[]): Promise<FastifyInstance> {
  const server = fastify();
  await server.register(securityHeaders);
  await server.register(crossOrigin, { allowedOrigins });
  await server.register(failures);
  server.post('/here', async () => 'done');
  return server;
}

const preflight = (origin: string) =>
  ({
    method: 'OPTIONS',
    url: '/here',
    headers: { origin, 'access-control-request-method': 'POST' },
  }) as const;

describe('a web page of a named origin', () => {
  it('is told before it asks what it may send', async () => {
    await using server = await open(GOOD);
    const { statusCode, headers, body } = await server.inject(preflight(GOOD));
    expect({ statusCode, body }).toEqual({ statusCode: 204, body: '' });
    expect(headers).toMatchObject({
      'access-control-allow-origin': GOOD,
      'access-control-allow-headers': 'content-type, x-api-key, x-gallery, authorization',
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
      'cross-origin-resource-policy': 'cross-origin',
      vary: 'Origin',
    });
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('may read what is answered, errors too', async () => {
    await using server = await open('https://other.example', GOOD);
    for (const url of ['/here', '/nowhere']) {
      const { headers } = await server.inject({ method: 'POST', url, headers: { origin: GOOD } });
      expect(headers).toMatchObject({
        'access-control-allow-origin': GOOD,
        'cross-origin-resource-policy': 'cross-origin',
        vary: 'Origin',
      });
    }
  });
});

describe('a web page of another origin', () => {
  it.each(['https://evil.example', 'https://good.example.evil.example', `${GOOD}:444`, 'null', ''])(
    'is told nothing: %s',
    async (origin) => {
      for (const allowed of [[GOOD], []]) {
        await using server = await open(...allowed);
        const asked = await server.inject(preflight(origin));
        expect(asked.statusCode).toBe(404);
        expect(asked.json()).toEqual({ error: { code: 'ERR_NOT_FOUND', message: 'There is no such route' } });
        const sent = await server.inject({ method: 'POST', url: '/here', headers: { origin } });
        for (const { headers } of [asked, sent]) {
          expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
          expect(headers['cross-origin-resource-policy']).toBe('same-origin');
        }
      }
    },
  );
});
