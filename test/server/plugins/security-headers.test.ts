import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { securityHeaders } from '../../../src/server/plugins/security-headers.ts';

describe('the headers of every answer', () => {
  it('are these, of answers and of errors', async () => {
    await using server = fastify();
    await server.register(securityHeaders);
    server.get('/', async () => 'here');
    for (const url of ['/', '/nowhere']) {
      const { headers } = await server.inject(url);
      const { 'content-type': _type, 'content-length': _length, date, connection, ...safe } = headers;
      expect(date && connection).toBeTruthy();
      expect({
        ...safe,
        'content-security-policy': directives(String(safe['content-security-policy'])),
      }).toEqual({
        'content-security-policy': [
          "base-uri 'none'",
          "connect-src 'self'",
          "default-src 'none'",
          "form-action 'none'",
          "frame-ancestors 'none'",
          "img-src 'self' blob:",
          "media-src 'self' blob:",
          "require-trusted-types-for 'script'",
          "script-src 'self' 'wasm-unsafe-eval'",
          "style-src 'self'",
          "worker-src 'self'",
        ],
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'permissions-policy': 'camera=(self), microphone=(), geolocation=()',
        'cache-control': 'no-store',
      });
    }
  });
});

function directives(policy: string): readonly string[] {
  return policy
    .split(';')
    .map((directive) => directive.trim())
    .sort();
}
