import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { withFileLock } from '../../../src/node/sqlite/file-lock.ts';
import { compileScript } from '../../compile-script.ts';
import { nextLine, startChild } from '../../gallery/child-process.ts';

const script = compileScript('test/node/sqlite/lock-child.ts');
afterAll(script.remove);

it('is not had by another process before it is given back, while something else in this one waits for it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'face-trigger-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'keys.json');
  let hadAt = 0;
  let had: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;
  const backAt = await withFileLock(path, async () => {
    // On its way to the lock it must not take it from whoever holds it.
    waiting = withFileLock(path, async () => undefined);
    const child = startChild(script.path, path, 'lock');
    onTestFinished(() => void child.child.kill('SIGKILL'));
    expect(await nextLine(child)).toBe('asks');
    had = nextLine(child).then((line) => {
      expect(line).toBe('has it');
      hadAt = performance.now();
    });
    await pause(500);
    return performance.now();
  });
  await Promise.all([had, waiting]);
  expect(hadAt).toBeGreaterThanOrEqual(backAt);
});
