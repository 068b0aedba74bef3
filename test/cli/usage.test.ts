import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ImageLine, jsonLines, media, photoFolder, runCli } from './run-cli.ts';

describe('face-trigger', () => {
  it('prints help with examples and exit statuses, and its version', async () => {
    const help = await runCli(['--help']);
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toContain('Examples:');
    expect(help.stdout).toContain('Exit status:');
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await runCli(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n` });
  });

  it.each([
    ['no command', []],
    ['an unknown command', ['detekt']],
    ['an unknown option', ['detect', 'a.jpg', '--frobnicate']],
    ['a missing argument', ['detect']],
    ['a missing option', ['recognize', 'a.jpg']],
    ['a number that is none', ['detect', 'a.jpg', '--min-face-size', 'big']],
    ['a number out of range', ['recognize', 'a.jpg', '--model', 'm', '--min-probability', '2']],
    ['a choice that is none', ['train', 'people', '--out', 'm', '--classifier', 'oracle']],
    [
      'an option that belongs to a missing one',
      ['train', 'people', '--out', 'm', '--metric-depth', 'last-block'],
    ],
    ['an argument too many', ['verify', 'a.jpg', 'b.jpg', 'c.jpg']],
    ['a group of commands without one', ['models']],
  ])('ends with 2 and explains on stderr after %s', async (_, args) => {
    const run = await runCli(args);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).not.toBe('');
  });

  it('suggests the command that was meant', async () => {
    expect((await runCli(['detekt'])).stderr).toContain('detect');
  });

  it('stops quietly when nobody reads any more', async () => {
    const folder = await photoFolder(
      Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`${index}.jpg`, 'audrey.jpg'])),
    );
    const run = await runCli(['detect', '--json', folder], {
      onFirstLine: (child) => child.stdout!.destroy(),
    });
    expect(run).toMatchObject({ status: 0, stderr: '' });
  });

  it('stops with 130 on Ctrl-C, after whole lines', async () => {
    const folder = await photoFolder(
      Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${index}.jpg`, 'audrey.jpg'])),
    );
    const run = await runCli(['detect', '--json', folder], { interrupt: { at: 'output' } });
    expect(run.status).toBe(130);
    expect(run.stderr).toMatch(/^stopped: detecting, \d+ of 40 done \(\d+ faces?\)\n$/);
    const lines = jsonLines<ImageLine>(run);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(40);
  });

  it('runs through a symbolic link, as npm installs it', async () => {
    const folder = await photoFolder({});
    const { symlink } = await import('node:fs/promises');
    const link = join(folder, 'face-trigger');
    await symlink(new URL('../../bin/face-trigger.js', import.meta.url).pathname, link);
    const child = spawn(link, ['detect', '--json', media('audrey.jpg')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    for await (const chunk of child.stdout) out += chunk;
    expect(JSON.parse(out).faces).toHaveLength(1);
  });
});
