import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, media, prepareCli, runCli } from './run-cli.ts';

/** What a shell makes of a glob over a large folder: 20 KB of names. */
const many = Array.from({ length: 200 }, (_, i) => `${'a-photo-that-does-not-exist-'.repeat(4)}${i}.jpg`);

beforeAll(prepareCli);

describe('a long command line', () => {
  it('is worked through whole, though onnxruntime would not survive it', async () => {
    const run = await runCli(['detect', ...many, media('audrey.jpg'), '--json', '--workers', '1']);
    expect(run.status).toBe(1);
    const lines = jsonLines<{ faces?: unknown[]; error?: { code: string } }>(run);
    expect(lines).toHaveLength(201);
    expect(lines[0]?.error?.code).toBe('ERR_FILE_NOT_FOUND');
    expect(lines[200]?.faces).toHaveLength(1);
  });

  it('keeps the exit status and messages of a wrong use', async () => {
    const run = await runCli(['detect', ...many, '--min-face-size', 'none']);
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('min-face-size');
  });

  it('of a program that uses the library is refused with what to do', async () => {
    if (process.platform !== 'linux') return;
    const index = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
    const script = `import { MmodDetector } from ${JSON.stringify(index)};
      await MmodDetector.create().catch(({ code, message }) => console.log(code, message));`;
    const args = ['--input-type=module', '--eval', script, ...many];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).toContain('ERR_RUNTIME');
    expect(stdout).toContain('bytes of arguments');
  });
});
