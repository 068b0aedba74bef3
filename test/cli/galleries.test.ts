import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { jsonLines, prepareCli, runCli } from './run-cli.ts';

beforeAll(prepareCli);

function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'face-trigger-cli-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe('several galleries on the command line', () => {
  it('are made, listed, and deleted only with --yes, after it was said what would be lost', async () => {
    const folder = temporaryFolder();
    const door = `${folder}/?gallery=door`;
    expect(await runCli(['gallery', 'create', door])).toMatchObject({ status: 0 });
    expect(await runCli(['gallery', 'create', `${folder}/?gallery=hall`])).toMatchObject({ status: 0 });
    const again = await runCli(['gallery', 'create', door]);
    expect(again.status).not.toBe(0);
    expect(again.stderr).toContain('already');
    expect(jsonLines(await runCli(['gallery', 'list', folder, '--json']))).toMatchObject([
      { name: 'door', people: 0, faces: 0, problem: null },
      { name: 'hall' },
    ]);
    const asked = await runCli(['gallery', 'delete', door]);
    expect(asked).toMatchObject({ status: 2, stdout: '' });
    expect(asked.stderr).toContain('0 people and 0 faces: add --yes');
    expect(existsSync(join(folder, 'door.db'))).toBe(true);
    expect(await runCli(['gallery', 'delete', door, '--yes'])).toMatchObject({ status: 0 });
    expect(existsSync(join(folder, 'door.db'))).toBe(false);
    expect(existsSync(join(folder, 'hall.db'))).toBe(true);
  });

  it('take no name that leads out of the folder', async () => {
    const folder = temporaryFolder();
    for (const name of ['../door', 'nul', 'Door', 'd%C3%B6r']) {
      const run = await runCli(['gallery', 'create', `${folder}/?gallery=${name}`]);
      expect(run, name).toMatchObject({ status: 2, stdout: '' });
      expect(run.stderr).toContain('gallery');
    }
    expect(await runCli(['gallery', 'list', folder, '--json'])).toMatchObject({ status: 0, stdout: '' });
  });

  it('are not mistaken for a person, nor a person for them', async () => {
    const folder = temporaryFolder();
    const gallery = join(folder, 'gallery.db');
    expect(await runCli(['gallery', 'create', gallery])).toMatchObject({ status: 0 });
    const person = await runCli(['gallery', 'delete', 'Ada', '--yes', '--gallery', gallery]);
    expect(person.status).not.toBe(0);
    expect(existsSync(gallery)).toBe(true);
    expect(await runCli(['gallery', 'delete', '--yes', '--gallery', gallery])).toMatchObject({ status: 2 });
    expect(existsSync(gallery)).toBe(true);
  });
});
