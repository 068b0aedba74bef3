import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, photoFolder, prepareCli, runCli } from './run-cli.ts';

beforeAll(prepareCli);

const PHOTOS = ['audrey.jpg', 'cage.jpg', 'franck_01829.jpg', 'franck_02221.jpg', 'franck_04035.jpg'];

const photos = (count: number, nameOf: (index: number) => string) =>
  photoFolder(
    Object.fromEntries(Array.from({ length: count }, (_, i) => [nameOf(i), PHOTOS[i % PHOTOS.length]!])),
  );

describe('an interrupted run', () => {
  it('of detect --annotate says how far it came, and goes on from there with the same result', async () => {
    const cwd = await photos(30, (i) => `photos/${i}.jpg`);
    const args = ['detect', 'photos', '--annotate', 'marked/', '--json'];
    const stopped = await runCli(args, { cwd, onFirstLine: (child) => child.kill('SIGINT') });
    expect(stopped.status).toBe(130);
    expect(stopped.stderr).toMatch(/stopped: detecting, \d+ of 30 done \(\d+ faces?\)\n/);
    expect(stopped.stderr).toContain('The same command again goes on from there');
    expect(stopped.stderr).toContain('kept in marked.partial');
    expect(existsSync(join(cwd, 'marked.partial'))).toBe(true);
    const rest = await runCli(args, { cwd });
    expect(rest).toMatchObject({ status: 0, stderr: '' });
    expect(existsSync(join(cwd, 'marked.partial'))).toBe(false);
    expect(await readdir(join(cwd, 'marked'))).toHaveLength(30);
    const whole = await runCli(['detect', 'photos', '--json'], { cwd });
    expect(jsonLines(rest)).toEqual(jsonLines(whole));
  });

  it('of train goes on to the very model that a whole run gives', async () => {
    const cwd = await photos(20, (i) => `people/Person ${i % PHOTOS.length}/${i}.jpg`);
    const args = ['train', 'people', '--classifier', 'nearest'];
    // Nothing is printed before the end: the first kept picture shows that the work is under way.
    const stopped = await runCli([...args, '--out', 'model'], {
      cwd,
      onStart: (child) => {
        const timer = setInterval(() => {
          if (!existsSync(join(cwd, 'model.partial'))) return;
          clearInterval(timer);
          child.kill('SIGINT');
        }, 5);
        child.on('exit', () => clearInterval(timer));
      },
    });
    expect(stopped).toMatchObject({ status: 130, stdout: '' });
    expect(stopped.stderr).toContain('kept in model.partial');
    expect(existsSync(join(cwd, 'model'))).toBe(false);
    expect(await runCli([...args, '--out', 'model'], { cwd })).toMatchObject({ status: 0 });
    expect(await runCli([...args, '--out', 'other'], { cwd })).toMatchObject({ status: 0 });
    expect((await readdir(cwd)).sort()).toEqual(['model', 'other', 'people']);
    for (const file of ['classifier.onnx', 'labels.json', 'model.json']) {
      expect(await readFile(join(cwd, 'model', file))).toEqual(await readFile(join(cwd, 'other', file)));
    }
  });
});
