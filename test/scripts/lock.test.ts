import { spawn, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const SCRIPTS = fileURLToPath(new URL('../../scripts', import.meta.url));

// A checkout of its own, because the lock lies in the folder above scripts/.
async function checkout(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'face-trigger-lock-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'scripts'));
  for (const name of ['lock.mjs', 'stamp.mjs']) {
    await cp(join(SCRIPTS, name), join(folder, 'scripts', name));
  }
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  // Appends "begin" and "end" around a pause: any overlap shows in the order of the lines.
  const worker = `
    import { appendFileSync } from 'node:fs';
    import { setTimeout as sleep } from 'node:timers/promises';
    import { withCheckoutLock } from ${JSON.stringify(pathToFileURL(join(folder, 'scripts/lock.mjs')).href)};
    await withCheckoutLock(async () => {
      appendFileSync('log', 'begin\\n');
      await sleep(100);
      appendFileSync('log', 'end\\n');
    });`;
  await writeFile(join(folder, 'worker.mjs'), worker);
  return folder;
}

function work(folder: string): Promise<number | null> {
  const child = spawn(process.execPath, ['worker.mjs'], { cwd: folder, stdio: 'ignore' });
  return new Promise((resolve) => child.on('close', resolve));
}

describe("the checkout's lock", () => {
  it('lets one process work at a time and is gone afterwards', async () => {
    const folder = await checkout();
    expect(await Promise.all(Array.from({ length: 4 }, () => work(folder)))).toEqual([0, 0, 0, 0]);
    expect(await readFile(join(folder, 'log'), 'utf8')).toBe('begin\nend\n'.repeat(4));
    expect((await readdir(folder)).sort()).toEqual(['log', 'package.json', 'scripts', 'worker.mjs']);
  });

  it('is taken over from a process that died', async () => {
    const folder = await checkout();
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    await writeFile(join(folder, '.bootstrap.lock'), String(pid));
    expect(await Promise.all(Array.from({ length: 3 }, () => work(folder)))).toEqual([0, 0, 0]);
    expect(await readFile(join(folder, 'log'), 'utf8')).toBe('begin\nend\n'.repeat(3));
  });
});
