import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

const RUN = join(import.meta.dirname, 'run-fuzz.mjs');

/** Runs the fuzzer as `npm run fuzz -- ...` does. */
function fuzz(...args: string[]): { status: number | null; stdout: string; out: string } {
  const out = mkdtempSync(join(tmpdir(), 'face-trigger-fuzz-test-'));
  onTestFinished(() => rmSync(out, { recursive: true, force: true }));
  const { status, stdout } = spawnSync(process.execPath, [RUN, '--out', out, ...args], { encoding: 'utf8' });
  return { status, stdout, out };
}

describe('a slice of the fuzz run', () => {
  // The time limit is wide here: tests share the machine with whatever else it does.
  it.each([
    ['images,plain,labels,pairs,triggers,galleries,metadata', '25'],
    ['pickles,classifiers', '100'],
    ['dat,onnx,folders', '6'],
    ['api', '40'],
  ])('finds nothing in %s', { timeout: 300_000 }, (only, cases) => {
    const { status, stdout } = fuzz('--only', only, '--cases', cases, '--seed', '1', '--time-limit', '60');
    expect(stdout).toMatch(/\n0 failures\n$/);
    expect(status).toBe(0);
    for (const name of only.split(',')) expect(stdout).toContain(`${name}: ${cases} cases`);
  });

  it('is the same for the same seed', { timeout: 300_000 }, () => {
    const run = () =>
      fuzz('--only', 'labels,pairs', '--cases', '40', '--seed', '5').stdout.replace(/slowest.*MB/g, '');
    expect(run()).toBe(run());
  });

  it('tells of a case that takes too long, keeps its file, and goes on', { timeout: 300_000 }, () => {
    const { status, stdout, out } = fuzz(
      '--only',
      'labels',
      '--cases',
      '2',
      '--seed',
      '1',
      '--time-limit',
      '0.000001',
    );
    expect(status).toBe(1);
    expect(stdout).toMatch(/FAILED labels case \d+: took more than/);
    expect(stdout).toMatch(/labels: 2 cases/);
    const [name] = readdirSync(out).filter((file) => file.endsWith('.txt'));
    expect(readFileSync(join(out, name!), 'utf8')).toMatch(/^--only labels --case \d+\n/);
  });
});
