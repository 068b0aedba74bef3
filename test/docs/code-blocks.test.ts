import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasProgram } from '../programs.ts';

const ROOT = join(import.meta.dirname, '../..');
const page = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe('the code in README.md and docs/guide', () => {
  let stdout: string;
  beforeAll(() => {
    const script = join(ROOT, 'scripts/run-docs-code.mjs');
    ({ stdout } = spawnSync(process.execPath, [script], { encoding: 'utf8' }));
  });

  it('runs, every block of it, with photos in the places that it names', () => {
    expect(stdout).toMatch(/\n0 failures\n$/);
    const pages = ['README.md', ...readdirSync(join(ROOT, 'docs/guide')).map((name) => `docs/guide/${name}`)];
    const blocks = pages.flatMap((path) => page(path).match(/^```(ts|js|typescript|javascript)\b/gm) ?? []);
    const [, ran, skipped] = /(\d+) blocks ran, (\d+) were not run/.exec(stdout) ?? [];
    expect(Number(ran) + Number(skipped)).toBe(blocks.length);
    // A block that cannot run says why in a comment before it.
    const reasons = pages.flatMap((path) => page(path).match(/^<!-- not run: \S.* -->$/gm) ?? []);
    const missing = pages.flatMap((path) => [...page(path).matchAll(/^<!-- needs: (\S+) -->$/gm)]);
    const lacking = missing.filter(([, program]) => !hasProgram(program!));
    expect(Number(skipped)).toBe(reasons.length + lacking.length);
  });

  it('has commands that the command line understands', () => {
    expect(Number(/(\d+) commands read/.exec(stdout)?.[1])).toBeGreaterThanOrEqual(20);
  });
});
