import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { media } from '../../cli/run-cli.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const INDEX = JSON.stringify(pathToFileURL(join(ROOT, 'dist/index.js')).href);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'face-trigger-telemetry-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs Node where nothing says that it is a test, and tells what it left in its home and temporary folders. */
async function run(name: string, args: readonly string[], variables: Record<string, string> = {}) {
  const home = join(folder, name);
  mkdirSync(home);
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: home, ...variables };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  return { stdout: stdout.trim(), left: readdirSync(home, { recursive: true }) };
}

function program(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const detect = `const { openDetector } = await import(${INDEX});
  await (await openDetector()).dispose();
  console.log('done');`;

describe("onnxruntime's telemetry", () => {
  it.each(['1', '2'])('leaves no trace of the command line with %s workers', async (workers) => {
    const args = [
      join(ROOT, 'bin/face-trigger.js'),
      'detect',
      media('audrey.jpg'),
      '--json',
      '--workers',
      workers,
    ];
    const { stdout, left } = await run(`cli-${workers}`, args);
    expect(stdout).toContain('"faces":[{');
    expect(left).toEqual([]);
  });

  it('leaves no trace of worker threads that a program starts', async () => {
    const worker = program('worker.mjs', detect);
    const main = program(
      'main.mjs',
      `import ${INDEX};
       import { Worker } from 'node:worker_threads';
       new Worker(${JSON.stringify(worker)});`,
    );
    expect(await run('worker', [main])).toEqual({ stdout: 'done', left: [] });
  });

  it('is refused where only a worker thread knows of face-trigger, with what to do', async () => {
    const worker = program(
      'lonely.mjs',
      `const { openDetector } = await import(${INDEX});
       await openDetector().catch(({ code, message }) => console.log(code, message));`,
    );
    const main = program(
      'lonely-main.mjs',
      `import { Worker } from 'node:worker_threads';
       new Worker(${JSON.stringify(worker)});`,
    );
    const { stdout, left } = await run('lonely', [main]);
    expect(stdout).toContain('ERR_RUNTIME');
    expect(stdout).toContain('ORT_DISABLE_TELEMETRY=1');
    expect(left).toEqual([]);
    const told = await run('told', [main.replace('lonely-main', 'main')], { ORT_DISABLE_TELEMETRY: '1' });
    expect(told).toEqual({ stdout: 'done', left: [] });
  });

  it('is left to whoever has decided already', async () => {
    const text = `await import(${INDEX}); console.log(process.env.ORT_DISABLE_TELEMETRY);`;
    const { stdout } = await run('decided', [program('decided.mjs', text)], { ORT_DISABLE_TELEMETRY: '0' });
    expect(stdout).toBe('0');
  });
});
