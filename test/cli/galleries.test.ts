import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { copiedPack } from './copied-pack.ts';
import { jsonLines, runCli } from './run-cli.ts';

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

  it('are named once: an option that would be passed by is refused, and nothing is done', async () => {
    const folder = temporaryFolder();
    const door = `${folder}/?gallery=door`;
    const other = join(folder, 'x.db');
    for (const address of [door, other])
      expect(await runCli(['gallery', 'create', address])).toMatchObject({ status: 0 });
    const before = readdirSync(folder);
    for (const [args, said] of [
      [['gallery', 'delete', door, '--yes', '--gallery', other], '--gallery beside the address'],
      [['gallery', 'delete', other, '--yes', '--gallery', other], '--gallery beside the address'],
      [['gallery', 'delete', 'door', '--yes', '--gallery', other], '--gallery beside the address'],
      [['gallery', 'delete', door, '--gallery', other], '--gallery beside the address'],
      [['gallery', 'list', folder, '--gallery', other], '--gallery beside a folder'],
      [['gallery', 'list', folder, '--faces', 'Ada'], '--faces beside a folder'],
      [['gallery', 'migrate', '--remove-old', '--judge', '--gallery', other], '--judge without --models'],
      [['gallery', 'migrate', '--models', 'dlib', '--force', '--gallery', other], '--force without --judge'],
      [['jobs', 'migrate', '--models', 'dlib', '--force', '--gallery', other], '--force without --judge'],
      [['jobs', 'add', folder, '--unpack-to', folder, '--gallery', other], '--unpack-to without an archive'],
      [
        ['serve', '--jobs', '0', '--allow-internal', 'nas', '--gallery', other],
        '--allow-internal with --jobs 0',
      ],
      [['worker', '--allow-internal', 'http://nas/', '--gallery', other], 'Expected a host, an address'],
      [['serve', '--allow-internal', '10.0.0.0/33', '--gallery', other], 'Expected a host, an address'],
    ] as const) {
      const run = await runCli(args);
      expect(run, args.join(' ')).toMatchObject({ status: 2, stdout: '' });
      expect(run.stderr).toContain(said);
    }
    expect(readdirSync(folder)).toEqual(before);
  });

  it('are not made for models whose license was asked for and does not allow it', async () => {
    const folder = temporaryFolder();
    const pack = await copiedPack(temporaryFolder());
    const description = join(pack, 'face-trigger.json');
    // The weights of all parts.
    const text = readFileSync(description, 'utf8').replaceAll(
      /"weights": ?"CC0-1.0"/g,
      '"weights":"unknown"',
    );
    writeFileSync(description, text);
    const gallery = join(folder, 'x.db');
    const run = await runCli(['gallery', 'create', gallery, '--commercial', '--models', pack]);
    expect(run.stderr).toContain('ERR_MODEL_LICENCE');
    expect(existsSync(gallery)).toBe(false);
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
