import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { media } from '../../cli/run-cli.ts';

const PROGRAM = join(import.meta.dirname, 'ending-program.mjs');
const DIST = pathToFileURL(join(import.meta.dirname, '../../../dist/index.js')).href;
/** The end comes at a random place of a call: two runs of each. */
const RUNS = 2;

async function run(where: string, how: string) {
  const child = spawn(process.execPath, [PROGRAM, DIST, media('audrey.jpg'), where, how]);
  const [stdout, stderr, [status, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, string | null]>,
  ]);
  return { status: signal ?? status, stdout, stderr };
}

async function runs(where: string, how: string) {
  const all = [];
  for (let i = 0; i < RUNS; i++) all.push(await run(where, how));
  return all;
}

describe.each(['pool', 'thread', 'pool in a thread'])('a program that ends while a %s computes', (where) => {
  it.each([
    ['process.exit(5)', 5],
    ['process.exit(0)', 0],
  ])('ends with its own status at %s', async (how, status) => {
    for (const ended of await runs(where, how)) expect(ended).toEqual({ status, stdout: '', stderr: '' });
  });

  it.each([
    ['throw', 'an error of the user'],
    ['reject', 'a rejection of the user'],
  ])('ends with 1 and says no more than Node does, after %s', async (how, message) => {
    for (const { status, stderr } of await runs(where, how)) {
      expect(status).toBe(1);
      expect(stderr).toContain(`Error: ${message}`);
      expect(stderr).not.toMatch(/terminate called|Napi/);
    }
  });
});

describe.each(['thread', 'pool in a thread'])('a program whose %s computes', (where) => {
  it('goes on after terminate()', async () => {
    for (const ended of await runs(where, 'terminate()'))
      expect(ended).toEqual({ status: 0, stdout: 'alive\n', stderr: '' });
  });

  it('ends with 0 when nothing else keeps it alive', async () => {
    for (const ended of await runs(where, 'end of main'))
      expect(ended).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});
