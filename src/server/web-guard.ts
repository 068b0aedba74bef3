import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FaceTriggerError } from '../core/errors.ts';

/** Nothing from elsewhere, no inline script or style, no framing. */
function securityPolicy(): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}

/** Adds the headers that keep browsers safe, and lets web pages of other origins ask where they are named. */
export function addSecurityHeaders(server: FastifyInstance, allowedOrigins: readonly string[]): void {
  server.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'content-security-policy': securityPolicy(),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(self), microphone=(), geolocation=()',
      'cache-control': 'no-store',
    });
    const { origin } = request.headers;
    if (origin === undefined || !allowedOrigins.includes(origin)) return;
    reply.headers({
      'access-control-allow-origin': origin,
      'access-control-allow-headers': 'content-type, x-api-key, authorization',
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
      'cross-origin-resource-policy': 'cross-origin',
      vary: 'Origin',
    });
    if (request.method === 'OPTIONS') return reply.code(204).send();
  });
}

/**
 * Refuses what a browser asks on behalf of a web page elsewhere that is not named.
 *
 * @throws FaceTriggerError `ERR_FORBIDDEN`
 * @remarks Keys travel in headers that no page elsewhere can set without asking first, and there are no cookies; this
 * is the second wall, and on a server without keys the first. Sec-Fetch-Site (W3C Fetch Metadata) is sent by browsers
 * since 2023 and can't be set by pages; programs do not send it.
 */
export function refuseOtherPages(request: FastifyRequest, allowedOrigins: readonly string[]): void {
  const { origin } = request.headers;
  if (origin !== undefined && allowedOrigins.includes(origin)) return;
  const site = request.headers['sec-fetch-site'];
  // "same-site" is another port or subdomain: another page all the same.
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  throw new FaceTriggerError(
    'ERR_FORBIDDEN',
    'A web page elsewhere may not ask here; name its origin with --origin',
  );
}

/** Whether an address is one of this machine's own. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Whether a request names this machine and comes from no web page, or from the server's own. */
export function isLocalRequest(request: FastifyRequest, host: string): boolean {
  const name = (request.headers.host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  const { origin } = request.headers;
  return (
    (isLoopback(name) || name === host) &&
    (origin === undefined || origin === `http://${request.headers.host}`)
  );
}
