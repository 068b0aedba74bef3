import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { jsonLines, media, runCli } from './run-cli.ts';

/** What a shell makes of a glob over a large folder: 60 KB of names, which onnxruntime's telemetry does not survive. */
const many = Array.from({ length: 600 }, (_, i) => `${'a-photo-that-does-not-exist-'.repeat(4)}${i}.jpg`);

describe('a long command line', () => {
  it.each(['1', '2'])('is worked through whole with %s workers', async (workers) => {
    const run = await runCli(['detect', ...many, media('audrey.jpg'), '--json', '--workers', workers], {
      env: { CI: '' },
    });
    expect(run.status).toBe(1);
    const lines = jsonLines<{ faces?: unknown[]; error?: { code: string } }>(run);
    expect(lines).toHaveLength(many.length + 1);
    expect(lines[0]?.error?.code).toBe('ERR_FILE_NOT_FOUND');
    expect(lines.at(-1)?.faces).toHaveLength(1);
  });

  it('does no harm to a program that uses the library', async () => {
    const index = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
    const script = `import { openDetector } from ${JSON.stringify(index)};
      await (await openDetector()).dispose();
      console.log('done');`;
    const args = ['--input-type=module', '--eval', script, ...many];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).toBe('done\n');
  });
});
