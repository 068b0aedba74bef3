import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

it('loads what makes a checkout ready before anything is installed', async () => {
  // Outside of the checkout, where no node_modules is found above.
  const folder = await mkdtemp(join(tmpdir(), 'face-trigger-bootstrap-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const name of ['scripts', 'package.json']) {
    await cp(fileURLToPath(new URL(`../../${name}`, import.meta.url)), join(folder, name), {
      recursive: true,
    });
  }
  const script = `
    const { build } = await import(${JSON.stringify(pathToFileURL(join(folder, 'scripts/build.mjs')).href)});
    console.log(typeof build);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: folder,
  });
  expect(stdout.trim()).toBe('function');
});
