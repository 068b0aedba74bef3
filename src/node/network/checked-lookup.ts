import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { invalidArgument } from '../../core/errors.ts';
import type { AllowInternal } from './allow-internal.ts';
import { isInternalAddress } from './internal-address.ts';

/** `code` of the error that {@link checkedLookup} gives for an address that must not be called. */
export const INTERNAL_ADDRESS = 'ERR_INTERNAL_ADDRESS';

/**
 * Why a URL's host must not be called, as far as the URL itself tells: an internal address, or `localhost`.
 *
 * @returns null where nothing speaks against it; a name must still be resolved by {@link checkedLookup}
 */
export function refusedHost(url: URL, allow: AllowInternal): string | null {
  const host = bare(url.hostname);
  if (isIP(host) !== 0) return mayCall(host, host, allow) ? null : refusal(host);
  // These names stand for this machine wherever they are asked for (RFC 6761).
  const local = /(^|\.)localhost$/.test(host);
  return local && !mayCall(host, '127.0.0.1', allow) ? refusal(host) : null;
}

/**
 * Resolves names for `http.request` and `net.connect`, and gives the connection only addresses that were checked here:
 * a name that changes its address between check and use gains nothing.
 *
 * @remarks Addresses that are written as numbers are not resolved, so {@link refusedHost} must be asked first.
 */
export function checkedLookup(allow: AllowInternal): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (failure, addresses = []) => {
      const refused = addresses.find(({ address }) => !mayCall(hostname, address, allow));
      const error =
        failure ??
        (refused && Object.assign(new Error(refusal(hostname, refused.address)), { code: INTERNAL_ADDRESS }));
      const [first] = addresses;
      if (error || !first)
        callback(error ?? new Error(`${hostname} has no address`), options.all ? [] : '', 0);
      else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for what would never match a host, and so allow nothing */
export function checkAllowInternal(allow: AllowInternal, name: string): AllowInternal {
  const isList = Array.isArray(allow);
  const isRight = isList
    ? allow.every((entry: unknown) => typeof entry === 'string' && isHostOrRange(entry))
    : typeof allow === 'boolean';
  if (isRight) return allow;
  throw invalidArgument('true, false or a list of hosts, addresses and networks (10.0.0.0/8)', name, allow);
}

/** Whether a text can stand in a list of {@link AllowInternal}: a host name, an address or a range. */
export function isHostOrRange(text: string): boolean {
  if (isIP(bare(text)) !== 0 || ipaddr.isValidCIDR(text)) return true;
  return /^(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?$/i.test(text) && !/^[\d.]+$/.test(text);
}

function mayCall(host: string, address: string, allow: AllowInternal): boolean {
  if (allow === true || !isInternalAddress(address)) return true;
  if (allow === false) return false;
  return allow.some((entry) => bare(entry) === bare(host) || holds(entry, address));
}

function holds(entry: string, address: string): boolean {
  const plain = bare(address);
  if (isIP(plain) === 0) return false;
  const one = ipaddr.process(plain);
  if (isIP(bare(entry)) !== 0) return ipaddr.process(bare(entry)).toString() === one.toString();
  if (!ipaddr.isValidCIDR(entry)) return false;
  const [net, bits] = ipaddr.parseCIDR(entry);
  return net.kind() === one.kind() && one.match(net, bits);
}

function bare(host: string): string {
  return host
    .replace(/^\[|\]$/g, '')
    .replace(/%.*$/, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

function refusal(host: string, address?: string): string {
  const what = address === undefined ? host : `${host} (${address})`;
  return `${what} is an internal address; allowInternal must name it`;
}
