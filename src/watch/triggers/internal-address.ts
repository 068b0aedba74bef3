import { BlockList, isIP } from 'node:net';

// Addresses that are not on the public internet: IANA's special-purpose registries (RFC 6890 and its updates).
const RANGES_V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const;
const RANGES_V6 = [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001:db8::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const;

// IPv6 ranges that carry an IPv4 address inside, and where it begins (in bytes).
const CARRIERS = [
  ['::', 96, 12],
  ['::ffff:0:0', 96, 12],
  ['64:ff9b::', 96, 12],
  ['2002::', 16, 2],
] as const;

/**
 * Whether an address belongs to this machine, a private network or another range that is not public.
 *
 * @param address - an IPv4 or IPv6 address; anything else counts as internal, as it cannot be judged
 */
export function isInternalAddress(address: string): boolean {
  const plain = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const family = isIP(plain);
  if (family === 4) return blockListV4().check(plain, 'ipv4');
  if (family !== 6) return true;
  const list = new BlockList();
  for (const [net, prefix] of RANGES_V6) list.addSubnet(net, prefix, 'ipv6');
  if (list.check(plain, 'ipv6')) return true;
  const bytes = bytesOf(plain);
  return CARRIERS.some(([net, prefix, at]) => {
    const carrier = new BlockList();
    carrier.addSubnet(net, prefix, 'ipv6');
    if (!carrier.check(plain, 'ipv6')) return false;
    return blockListV4().check(bytes.slice(at, at + 4).join('.'), 'ipv4');
  });
}

function blockListV4(): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of RANGES_V4) list.addSubnet(net, prefix, 'ipv4');
  return list;
}

// The URL parser brings every spelling of an IPv6 address into one form of hexadecimal groups.
function bytesOf(address: string): number[] {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const groups = (text: string) =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  const all = [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back];
  return all.flatMap((group) => [group >> 8, group & 255]);
}
