import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/guide/deployment.md'), 'utf8');
const block = (language: string): string =>
  new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(PAGE)![1]!;

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'face-trigger-deploy-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

describe('the systemd unit of the guide', () => {
  const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
  // The unit names an installed program, which this machine need not have.
  const unit = block('ini')
    .replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true')
    .replace(/^Documentation=.*\n/m, '');

  it.skipIf(!hasSystemd)(
    'is one that systemd accepts without a word (skipped where there is no systemd)',
    () => {
      const path = join(temporaryFolder(), 'face-trigger.service');
      writeFileSync(path, unit);
      const { status, stderr } = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    },
  );

  it.skipIf(!hasSystemd)('exposes as little as the guide says', () => {
    const path = join(temporaryFolder(), 'face-trigger.service');
    writeFileSync(path, unit);
    const args = ['security', '--offline=true', '--no-pager', '--threshold=20', path];
    expect(spawnSync('systemd-analyze', args).status).toBe(0);
  });

  it('does not forbid what the JavaScript engine needs', () => {
    expect(unit).not.toMatch(/^MemoryDenyWriteExecute=(yes|true|1)/m);
  });
});

describe('the Dockerfile of the guide, step by step', () => {
  const dockerfile = block('dockerfile');
  const listOf = (start: RegExp): string[] =>
    JSON.parse(new RegExp(`${start.source}(\\[.*\\])$`, 'm').exec(dockerfile)![1]!) as string[];

  it('names a base image of the Node that the package asks for, and the files of this version', () => {
    const { engines, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const [, major] = /^FROM node:(\d+)-slim/m.exec(dockerfile)!;
    expect(Number(major)).toBeGreaterThanOrEqual(Number.parseInt(engines.node.replace('>=', ''), 10));
    expect(dockerfile).toContain(`face-trigger-${version}.tgz`);
  });

  // Installing the tarball itself is what `npm run check -- "package installs"` does.
  it('starts with a key only, is healthy, and ends at SIGTERM', { timeout: 240_000 }, async () => {
    const data = temporaryFolder();
    chmodSync(data, 0o700);
    const port = String(await freePort());
    const program = join(ROOT, 'bin/face-trigger.js');
    const args = listOf(/^CMD /).map((word) => (word === '8000' ? port : word));
    const env = { ...process.env, NODE_ENV: 'production', XDG_CACHE_HOME: join(data, 'cache') };
    const refused = spawnSync(process.execPath, [program, ...args], { cwd: data, env, encoding: 'utf8' });
    expect(refused.status).not.toBe(0);
    execFileSync(process.execPath, [program, 'keys', 'create', 'admin', '--scope', 'admin'], {
      cwd: data,
      env,
    });
    const server = spawn(process.execPath, [program, ...args], { cwd: data, env, stdio: 'ignore' });
    onTestFinished(() => void server.kill('SIGKILL'));
    const check = listOf(/^HEALTHCHECK .*?CMD /).map((word) => word.replace('8000', port));
    await expect.poll(() => spawnSync(process.execPath, check.slice(1)).status, { timeout: 120_000 }).toBe(0);
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    // 128 and the signal's number, by which Docker and systemd know that it ended as it was told.
    expect(await ended).toEqual([143, null]);
    expect(spawnSync(process.execPath, check.slice(1)).status).toBe(1);
  });
});
