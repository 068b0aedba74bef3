import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { LogStream } from '../../src/server/log-stream.ts';
import { ServerSettings } from '../../src/server/server-settings.ts';
import { builtModule } from '../compile-script.ts';

const folder = mkdtempSync(join(tmpdir(), 'face-trigger-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A disk of a megabyte, where this machine lets us have one. */
function smallDisk(): string | null {
  const path = mkdtempSync(join(folder, 'disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    return null;
  }
  onTestFinished(() => void execFileSync('umount', ['-l', path]));
  return path;
}

const fill = (disk: string): string => {
  const path = join(disk, 'filler');
  execFileSync('sh', ['-c', `dd if=/dev/zero of="${path}" bs=4096 2>/dev/null || true`]);
  return path;
};

describe('a log', () => {
  it('in a file has every line, in order', async () => {
    const path = join(folder, 'plain.log');
    const fd = openSync(path, 'a');
    const log = new LogStream(fd);
    const lines = Array.from({ length: 2000 }, (_, i) => `{"line":${i}}\n`);
    for (const line of lines) log.write(line);
    await log.close();
    closeSync(fd);
    expect(readFileSync(path, 'utf8')).toBe(lines.join(''));
    expect(log.dropped).toBe(0);
  });

  it.skipIf(!existsSync('/dev/full'))(
    'on a full disk drops lines and counts them, and nothing else happens',
    async () => {
      const fd = openSync('/dev/full', 'w');
      const log = new LogStream(fd);
      for (let i = 0; i < 100; i++) log.write('line\n');
      await expect.poll(() => log.dropped, { timeout: 10_000 }).toBeGreaterThan(0);
      // Nor does a flood of them fill the memory.
      for (let i = 0; i < 100_000; i++) log.write(`${'x'.repeat(100)}\n`);
      expect(log.dropped).toBeGreaterThan(80_000);
      await log.close();
      closeSync(fd);
    },
  );

  it('says how many lines were dropped once there is room again', async (context) => {
    const disk = smallDisk();
    if (disk === null) return context.skip('only root may mount a small disk');
    const path = join(disk, 'log');
    const log = new LogStream(openSync(path, 'a'));
    log.write('{"first":1}\n');
    await expect.poll(() => statSync(path).size, { timeout: 10_000 }).toBeGreaterThan(0);
    const filler = fill(disk);
    for (let i = 0; i < 200; i++) log.write(`${JSON.stringify({ lost: 'x'.repeat(100) })}\n`);
    await expect.poll(() => log.dropped, { timeout: 10_000 }).toBeGreaterThan(0);
    rmSync(filler);
    await expect
      .poll(
        () => {
          log.write('{"again":1}\n');
          return readFileSync(path, 'utf8');
        },
        { timeout: 20_000, interval: 200 },
      )
      .toContain('"again":1');
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(/^\{"level":40,.*"dropped":\d+,.*\}$/m);
    expect(text).toContain('{"first":1}');
  });

  it('into a pipe that nobody reads neither waits nor fills the memory', async () => {
    const script = `
      import { LogStream } from '${builtModule('server/log-stream.js')}';
      const log = new LogStream(1);
      for (let i = 0; i < 100_000; i++) log.write('x'.repeat(100) + '\\n');
      process.stderr.write(String(log.dropped));
      await log.close();
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.pause();
    const [dropped] = (await once(child.stderr.setEncoding('utf8'), 'data')) as [string];
    expect(Number(dropped)).toBeGreaterThan(80_000);
    child.stdout.destroy();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

describe('settings', () => {
  it('on a full disk are refused with ERR_DISK_FULL, and stay as they were', async (context) => {
    const disk = smallDisk();
    if (disk === null) return context.skip('only root may mount a small disk');
    const path = join(disk, 'settings.json');
    const settings = await ServerSettings.open({ path, maxDistance: 0.6 });
    await settings.change({ maxDistance: 0.5 });
    fill(disk);
    await expect(settings.change({ maxDistance: 0.4 })).rejects.toMatchObject({ code: 'ERR_DISK_FULL' });
    expect(settings.values.maxDistance).toBe(0.5);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ maxDistance: 0.5 });
    writeFileSync(join(disk, 'filler'), '');
    expect(await settings.change({ maxDistance: 0.4 })).toMatchObject({ maxDistance: 0.4 });
  });
});
