import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { checkedLookup, isHostOrRange, refusedHost } from '../../../src/node/network/checked-lookup.ts';

const refused = (url: string, allow: boolean | string[] = false) => refusedHost(new URL(url), allow) !== null;

function resolve(hostname: string, allow: boolean | string[]): Promise<readonly LookupAddress[]> {
  return new Promise((done, fail) => {
    checkedLookup(allow)(hostname, { all: true }, (error, addresses) =>
      error ? fail(error) : done(addresses as LookupAddress[]),
    );
  });
}

describe('refusedHost', () => {
  it('knows every spelling of an internal address, and the names of this machine', () => {
    for (const host of [
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '017700000001',
      '127.0.0.1.',
      '[::1]',
      '[::ffff:0:7f00:1]',
      'localhost',
      'LOCALHOST',
      'localhost.',
      'door.localhost',
    ]) {
      expect([host, refused(`http://${host}/`)]).toEqual([host, true]);
    }
    for (const host of ['8.8.8.8', 'example.org', 'notlocalhost', '[2606:4700::1111]']) {
      expect([host, refused(`http://${host}/`)]).toEqual([host, false]);
    }
  });

  it('lets through what the configuration names: all, a host, an address or a range', () => {
    expect(refused('http://10.1.2.3/', true)).toBe(false);
    expect(refused('http://10.1.2.3/', ['10.0.0.0/8'])).toBe(false);
    expect(refused('http://10.1.2.3/', ['10.1.2.3'])).toBe(false);
    expect(refused('http://[fd00::7]/', ['fd00::/8'])).toBe(false);
    expect(refused('http://[::ffff:10.1.2.3]/', ['10.1.2.3'])).toBe(false);
    expect(refused('http://localhost/', ['localhost'])).toBe(false);
    expect(refused('http://localhost/', ['127.0.0.0/8'])).toBe(false);
    expect(refused('http://10.1.2.3/', ['192.168.0.0/16', '10.1.2.4', 'ha.lan'])).toBe(true);
    expect(refused('http://10.1.2.3/', [])).toBe(true);
  });
});

describe('checkedLookup', () => {
  it('gives no internal address to a connection unless its host or range is allowed', async () => {
    await expect(resolve('localhost', false)).rejects.toMatchObject({ code: 'ERR_INTERNAL_ADDRESS' });
    await expect(resolve('localhost', ['ha.lan', '10.0.0.0/8'])).rejects.toThrow(/internal address/);
    expect(await resolve('localhost', true)).not.toEqual([]);
    expect(await resolve('localhost', ['LocalHost.'])).not.toEqual([]);
    expect(await resolve('localhost', ['127.0.0.0/8', '::1'])).not.toEqual([]);
  });
});

describe('isHostOrRange', () => {
  it('takes names, addresses and ranges, and nothing else', () => {
    for (const text of ['ha.lan', 'ha', '10.0.0.1', '10.0.0.0/8', 'fd00::/8', '[::1]', 'ha.lan.'])
      expect([text, isHostOrRange(text)]).toEqual([text, true]);
    for (const text of [
      '',
      'http://ha.lan',
      'ha.lan:80',
      '10.0.0.0/99',
      '*.lan',
      'a b',
      '10.0.0',
      'a/8',
      '-x',
    ])
      expect([text, isHostOrRange(text)]).toEqual([text, false]);
  });
});
