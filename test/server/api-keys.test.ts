import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { ApiKeys } from '../../src/server/api-keys.ts';
import { builtModule } from '../compile-script.ts';

const folder = mkdtempSync(join(tmpdir(), 'face-trigger-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = () => join(folder, `keys-${++files}.json`);
const idsIn = (path: string): string[] =>
  (JSON.parse(readFileSync(path, 'utf8')) as { keys: { id: string }[] }).keys.map(({ id }) => id);

describe('API keys in a file', () => {
  it('that many change at once are all kept, and those that were revoked are gone', async () => {
    const path = newFile();
    const first = await (await ApiKeys.open(path)).create('first', ['admin']);
    const victims = await Promise.all(
      Array.from({ length: 5 }, async () => (await ApiKeys.open(path)).create('victim', ['read'])),
    );
    const [made] = await Promise.all([
      Promise.all(Array.from({ length: 10 }, async () => (await ApiKeys.open(path)).create('new', ['read']))),
      Promise.all(victims.map(async ({ key }) => (await ApiKeys.open(path)).revoke(key.id))),
    ]);
    const kept = [first, ...made].map(({ key }) => key.id);
    expect(idsIn(path).sort()).toEqual(kept.sort());
    expect(statSync(path).mode & 0o077).toBe(0);
  });

  it('are safe between processes, also one that is killed in the middle', async () => {
    const path = newFile();
    const script = `
      import { ApiKeys } from '${builtModule('server/api-keys.js')}';
      const keys = await ApiKeys.open(${JSON.stringify(path)});
      for (let i = 0; i < 5; i++) console.log((await keys.create('from ' + process.pid, ['read'])).key.id);
    `;
    const start = () =>
      spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
    const run = async (): Promise<string[]> => {
      const child = start();
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      await once(child, 'close');
      return text.trim().split('\n');
    };
    const killed = start();
    void once(killed.stdout, 'data').then(() => killed.kill('SIGKILL'));
    const shown = (await Promise.all([run(), run(), run()])).flat();
    expect(shown).toHaveLength(15);
    expect(idsIn(path)).toEqual(expect.arrayContaining(shown));
    JSON.parse(readFileSync(path, 'utf8'));
    await (await ApiKeys.open(path)).create('after', ['read']);
  });

  it('are revoked in a running server whatever the clocks of the machine and of the file say', async () => {
    const path = newFile();
    const server = await ApiKeys.open(path);
    const { key, secret } = await server.create('door', ['read']);
    const { atime, mtime, size } = statSync(path);
    expect(await server.verify(secret)).toMatchObject({ id: key.id });
    await (await ApiKeys.open(path)).revoke(key.id);
    // As after a restored backup, or with a clock that was set back: same size, same time.
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.padEnd(size, '\n'));
    utimesSync(path, atime, mtime);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 86_400_000 });
    try {
      await expect.poll(() => server.verify(secret), { timeout: 10_000 }).toBeNull();
    } finally {
      vi.useRealTimers();
    }
  });

  it('with a first key that may not do everything, or no such key left, are refused where asked', async () => {
    const path = newFile();
    const keys = await ApiKeys.open(path);
    await expect(keys.create('first', ['read'], { firstIsAdmin: true })).rejects.toMatchObject({
      code: 'ERR_CONFLICT',
    });
    const outcomes = await Promise.allSettled([
      keys.create('a', ['admin'], { firstIsAdmin: true }),
      (await ApiKeys.open(path)).create('b', ['admin'], { firstIsAdmin: true }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    // Of two who revoke each other's key at once, one stays.
    const [a, b] = idsIn(path);
    const revoked = await Promise.allSettled([
      keys.revoke(a!, { keepAdmin: true }),
      (await ApiKeys.open(path)).revoke(b!, { keepAdmin: true }),
    ]);
    expect(revoked.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(idsIn(path)).toHaveLength(1);
  });

  it('of version 1 work, and lose their slow hash at the first use', async () => {
    const path = newFile();
    const fixtures = new URL('../fixtures/files-of-0.1/', import.meta.url);
    copyFileSync(new URL('keys.json', fixtures), path);
    const { key: secret } = JSON.parse(readFileSync(new URL('expected.json', fixtures), 'utf8')) as {
      key: string;
    };
    const keys = await ApiKeys.open(path);
    const wrong = `${secret.slice(0, -2)}${secret.endsWith('AA') ? 'BA' : 'AA'}`;
    expect(await keys.verify(wrong, 'a')).toBeNull();
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ version: 1 });
    expect(await keys.verify(secret, 'a')).toMatchObject({ label: 'door' });
    const text = readFileSync(path, 'utf8');
    expect(text).not.toContain('salt');
    expect(text).not.toContain(secret.slice(16));
    expect(await (await ApiKeys.open(path)).verify(secret)).toMatchObject({ label: 'door' });
  });

  it('of version 1 hash no more than twenty wrong secrets of one address a minute', async () => {
    const path = newFile();
    const fixtures = new URL('../fixtures/files-of-0.1/', import.meta.url);
    copyFileSync(new URL('keys.json', fixtures), path);
    const { key: secret } = JSON.parse(readFileSync(new URL('expected.json', fixtures), 'utf8')) as {
      key: string;
    };
    const keys = await ApiKeys.open(path);
    const wrong = Array.from({ length: 2000 }, (_, i) => secret.slice(0, 16) + String(i).padStart(43, 'A'));
    const burst = Promise.all(wrong.map((text) => keys.verify(text, 'attacker')));
    // 2,000 hashes would take longer than this test may. Somebody at another address does not wait for a minute, and is let in.
    expect(await keys.verify(secret, 'owner')).toMatchObject({ label: 'door' });
    expect((await burst).every((key) => key === null)).toBe(true);
  });

  it('that are something else are told as such, and let nobody in', async () => {
    const path = newFile();
    const keys = await ApiKeys.open(path);
    const { secret } = await keys.create('door', ['read']);
    for (const text of ['', '{}', '[]', '{"version":4,"keys":[]}', '{"version":2,"keys":[{}]}']) {
      writeFileSync(path, text);
      await expect(ApiKeys.open(path)).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
      await expect(keys.list()).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
      await expect(keys.create('x', ['read'])).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
    rmSync(path);
    expect(await keys.list()).toEqual([]);
    expect(await keys.verify(secret)).toBeNull();
  });
});
