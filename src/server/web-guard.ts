import type { FastifyRequest } from 'fastify';
import { FaceTriggerError } from '../core/errors.ts';

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
    'Web pages of other sites may not use this server; allow the origin of this page with --origin',
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
