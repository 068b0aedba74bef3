import { describe, expect, it } from 'vitest';
import { refusedHost } from '../../../src/node/network/checked-lookup.ts';
import { namedHost } from '../../../src/node/network/named-host.ts';

describe('namedHost', () => {
  it.each([
    'http://192.168.1.2/x',
    'http://0x7f.1:8123/',
    'http://[::1]:8123/',
    'http://localhost:8123/',
    'http://nas/',
    'http://HomeAssistant.local./api',
    'http://ntfy.home.arpa/door',
  ])('lets %s call its own host, and no other', (url) => {
    expect(refusedHost(new URL(url), namedHost(url))).toBeNull();
    expect(namedHost(url)).toHaveLength(1);
    expect(refusedHost(new URL('http://10.9.8.7/'), namedHost(url))).toContain('internal address');
  });

  it.each(['https://example.org/hook', 'http://local.example.org/', 'http://a.mylan/'])(
    'lets %s lead to nothing internal, whoever may have said so',
    (url) => expect(namedHost(url)).toBe(false),
  );
});
