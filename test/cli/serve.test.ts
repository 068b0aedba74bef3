import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { jsonLines, photoFolder, runCli } from './run-cli.ts';

const BIN = fileURLToPath(new URL('../../bin/face-trigger.js', import.meta.url));

describe('face-trigger keys and serve', () => {
  it('makes a key, serves with it, and stops at once on a signal', { timeout: 200_000 }, async () => {
    const cwd = await photoFolder({});
    const created = await runCli(['keys', 'create', 'the door', '--scope', 'read', 'recognize'], { cwd });
    const secret = created.stdout.trim();
    expect(secret).toMatch(/^ft_[0-9a-f]{12}_/);
    expect(readFileSync(join(cwd, 'face-trigger-keys.json'), 'utf8')).not.toContain(secret.slice(16));
    const [key] = jsonLines<{ id: string }>(await runCli(['keys', 'list', '--json'], { cwd }));
    expect(key).toMatchObject({ label: 'the door', scopes: ['read', 'recognize'] });

    const server = spawn(process.execPath, [BIN, 'serve', '--port', '0', '--threads', '1'], { cwd });
    onTestFinished(() => void server.kill('SIGKILL'));
    const url = await new Promise<string>((resolve, reject) => {
      let text = '';
      server.stderr.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        const found = /listens on (\S+);/.exec(text);
        if (found) resolve(found[1]!);
      });
      server.once('exit', () => reject(new Error(text)));
    });
    const people = (headers: Record<string, string>) => fetch(`${url}/api/v1/people`, { headers });
    expect((await people({ 'x-api-key': secret })).status).toBe(200);
    expect((await people({})).status).toBe(401);
    expect(statSync(join(cwd, 'gallery.db')).mode & 0o077).toBe(0);
    expect((await runCli(['keys', 'revoke', key!.id], { cwd })).status).toBe(0);
    await expect
      .poll(async () => (await people({ 'x-api-key': secret })).status, { timeout: 10_000 })
      .toBe(401);
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    expect(await ended).toEqual([143, null]);
  });

  it('does not listen to the world without keys', { timeout: 200_000 }, async () => {
    const cwd = await photoFolder({});
    const run = await runCli(['serve', '--host', '0.0.0.0', '--port', '0'], { cwd });
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('Expected API keys');
  });
});
