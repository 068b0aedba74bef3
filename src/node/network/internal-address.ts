import { isIP } from 'node:net';
import ipaddr, { type IPv6 } from 'ipaddr.js';

/**
 * Whether an address belongs to this machine, a private network or another range that is not public.
 *
 * @param address - an IPv4 or IPv6 address, with or without brackets and zone; anything else counts as internal, as it
 * cannot be judged
 * @remarks IPv6 addresses that carry an IPv4 address inside count as what they carry: mapped and compatible addresses,
 * SIIT (RFC 6145), NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056), Teredo (RFC 4380) and ISATAP (RFC 5214).
 */
export function isInternalAddress(address: string): boolean {
  const plain = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (isIP(plain) === 0) return true;
  const parsed = ipaddr.parse(plain);
  if (parsed.kind() === 'ipv4') return parsed.range() !== 'unicast';
  const bytes = parsed.toByteArray();
  const carried = carriedBy(parsed as IPv6, bytes);
  if (carried.length > 0) return carried.some((v4) => ipaddr.fromByteArray([...v4]).range() !== 'unicast');
  return parsed.range() !== 'unicast';
}

const ISATAP = [0x00005efe, 0x02005efe];

/** The IPv4 addresses inside an IPv6 address; none where it is an IPv6 address like any other. */
function carriedBy(address: IPv6, bytes: readonly number[]): (readonly number[])[] {
  const last = bytes.slice(12);
  switch (address.range()) {
    case 'ipv4Mapped':
    case 'rfc6145':
      return [last];
    case 'rfc6052':
      // In the range for local use the place of the IPv4 address is the operator's choice; where only the usual one
      // can be meant it is looked at, and all else stays internal.
      return bytes.slice(4, 6).some((byte) => byte !== 0) && bytes.slice(6, 12).some((byte) => byte !== 0)
        ? []
        : [last];
    case '6to4':
      return [bytes.slice(2, 6)];
    case 'teredo':
      // The server, and the client with all bits turned over.
      return [bytes.slice(4, 8), last.map((byte) => byte ^ 0xff)];
    case 'unicast': {
      if (bytes.slice(0, 12).every((byte) => byte === 0)) return [last];
      const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(8, 12);
      return ISATAP.includes(a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) ? [last] : [];
    }
    default:
      return [];
  }
}
