import { describe, expect, it } from 'vitest';
import { isInternalAddress } from '../../../src/node/network/internal-address.ts';

/** Every IPv6 form that carries an IPv4 address, given as two groups such as 7f00:1. */
const CARRIERS: readonly [string, (v4: string) => string][] = [
  ['mapped', (v4) => `::ffff:${v4}`],
  ['compatible', (v4) => `::${v4}`],
  ['SIIT', (v4) => `::ffff:0:${v4}`],
  ['NAT64', (v4) => `64:ff9b::${v4}`],
  ['local NAT64', (v4) => `64:ff9b:1::${v4}`],
  ['6to4', (v4) => `2002:${v4}::`],
  ['6to4 with a subnet and a host', (v4) => `2002:${v4}:1:2:3:4:5`],
  ['the server of Teredo', (v4) => `2001:0:${v4}:0:0:f7f7:f7f7`],
  ['the client of Teredo', (v4) => `2001:0:808:808:0:0:${turned(v4)}`],
  ['ISATAP', (v4) => `2606:4700::5efe:${v4}`],
  ['global ISATAP', (v4) => `2606:4700::200:5efe:${v4}`],
];
const INTERNAL_V4 = ['7f00:1', 'a00:1', 'ac10:1', 'c0a8:101', 'a9fe:a9fe', '6440:1', 'e000:1', 'ffff:ffff'];

describe('isInternalAddress', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '192.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'febf::1',
    'fec0::1',
    'fd00::1',
    'ff02::1',
    '100::1',
    '2001:db8::1',
    '3fff::1',
    '64:ff9b:1:a00:0:100::',
    '64:ff9b:1:7f00:0:100:808:808',
    '::ffff:127.0.0.1',
    '::127.0.0.1',
    '::ffff:0:127.0.0.1',
    '0:0:0:0:FFFF:0:7F00:0001',
    '[::1]',
    'localhost',
    '2130706433',
    '0x7f.1',
    '',
  ])('%s is internal', (address) => {
    expect(isInternalAddress(address)).toBe(true);
  });

  it.each([
    '8.8.8.8',
    '172.32.0.1',
    '172.15.0.1',
    '100.128.0.1',
    '1.1.1.1',
    '2606:4700::1111',
    '[2606:4700::1111]',
  ])('%s is public', (address) => {
    expect(isInternalAddress(address)).toBe(false);
  });

  it.each(CARRIERS)('takes an address of %s for the one that it carries', (_name, carry) => {
    expect(isInternalAddress(carry('808:808'))).toBe(false);
    for (const v4 of INTERNAL_V4)
      expect([carry(v4), isInternalAddress(carry(v4))]).toEqual([carry(v4), true]);
  });
});

function turned(groups: string): string {
  return groups
    .split(':')
    .map((group) => (Number.parseInt(group, 16) ^ 0xffff).toString(16))
    .join(':');
}
