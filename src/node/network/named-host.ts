import { isIP } from 'node:net';
import type { AllowInternal } from './allow-internal.ts';

/** Endings that only networks of homes and companies give to names (RFC 6762, RFC 8375, and what routers use). */
const LOCAL_ENDING = /(^|\.)(localhost|local|lan|home|internal|intranet|localdomain|home\.arpa)$/;

/**
 * What an address that somebody wrote allows by itself: its own host, where that says that it is internal, as
 * `10.0.0.2`, `nas` and `broker.lan` do.
 *
 * @returns false for a name of the internet: where that leads to an internal address, somebody else may have said so
 */
export function namedHost(url: string): AllowInternal {
  const host = new URL(url).hostname.toLowerCase().replace(/\.$/, '');
  const isNumber = isIP(host.replace(/^\[|\]$/g, '')) !== 0;
  return isNumber || !host.includes('.') || LOCAL_ENDING.test(host) ? [host] : false;
}
