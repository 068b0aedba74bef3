import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { media, photoFolder, runCli } from './run-cli.ts';

describe('photos import, write-metadata, read-metadata and undo', () => {
  it('carry names from folders into a library, into sidecars, into another library, and back', async () => {
    const folder = await photoFolder({});
    const people = join(folder, 'people');
    for (const [name, file] of [
      ['Ada', 'audrey.jpg'],
      ['Bob', 'SeanConnery.jpg'],
    ] as const) {
      await mkdir(join(people, name), { recursive: true });
      await cp(media(file), join(people, name, '1.jpg'));
    }
    const photos = (...args: string[]) => runCli(['photos', ...args], { cwd: folder });

    const moved = await photos('import', 'folders', 'people', '--json');
    expect(moved).toMatchObject({ status: 0 });
    const last = (text: string) => JSON.parse(text.trim().split('\n').at(-1)!);
    expect(last(moved.stdout)).toMatchObject({
      faces: 2,
      enrolled: 2,
      createdPeople: ['Ada', 'Bob'],
      missed: 0,
    });

    const dry = await photos('write-metadata', '--dry-run');
    expect(dry.stdout.trim().split('\n')).toHaveLength(2);
    expect(existsSync(join(people, 'Ada/1.jpg.xmp'))).toBe(false);
    expect((await photos('write-metadata')).stderr).toBe('2 files written; 0 had nothing to change\n');
    expect(await readFile(join(people, 'Ada/1.jpg.xmp'), 'utf8')).toContain('<mwg-rs:Name>Ada</mwg-rs:Name>');
    expect((await photos('write-metadata')).stderr).toBe('0 files written; 2 had nothing to change\n');

    // Another library knows the faces and no names, until it reads them.
    expect(await photos('scan', 'people', '--library', 'two.db')).toMatchObject({ status: 0 });
    const read = await photos('read-metadata', '--library', 'two.db');
    expect(read.stdout).toMatch(/^2 faces named; 2 faces enrolled; new: (Ada, Bob|Bob, Ada)\n$/);
    const [, id] = /photos undo (\S+)/.exec(read.stderr)!;
    expect((await photos('undo', id!, '--library', 'two.db')).stdout).toBe(
      '2 faces known as before, 2 faces no longer enrolled\n',
    );
    expect(last((await photos('stats', '--library', 'two.db', '--json')).stdout)).toMatchObject({ named: 0 });
  });

  it('say what is wrong with a sidecar, and write the others', async () => {
    const folder = await photoFolder({});
    await mkdir(join(folder, 'Ada'));
    await cp(media('audrey.jpg'), join(folder, 'Ada/1.jpg'));
    await writeFile(join(folder, 'Ada/1.jpg.xmp'), 'precious');
    await runCli(['photos', 'import', 'folders', '.'], { cwd: folder });
    const { status, stderr } = await runCli(['photos', 'write-metadata'], { cwd: folder });
    expect(status).toBe(1);
    expect(stderr).toMatch(/Ada\/1\.jpg: The XMP cannot be read: .*\(ERR_FILE_FORMAT\)\n/);
    expect(await readFile(join(folder, 'Ada/1.jpg.xmp'), 'utf8')).toBe('precious');
  });

  it('take a pickle of encodings, once, and give it back', async () => {
    const folder = await photoFolder({});
    const file = join(import.meta.dirname, '../fixtures/legacy/encodings-lists.pkl');
    const moved = await runCli(['photos', 'import', 'encodings', file], { cwd: folder });
    expect(moved).toMatchObject({ status: 0 });
    expect(moved.stdout).toMatch(/^0 faces named; \d+ faces enrolled; new: /);
    const again = await runCli(['photos', 'import', 'encodings', file], { cwd: folder });
    expect(again.stdout).toMatch(/^0 faces named; \d+ had the name already\n$/);
  });

  it('ask for what a kind needs', async () => {
    const folder = await photoFolder({});
    const fails = async (...args: string[]) =>
      (await runCli(['photos', 'import', ...args], { cwd: folder, env: { FACE_TRIGGER_IMPORT_KEY: '' } }))
        .stderr;
    expect(await fails('picasa', 'x')).toContain('Expected one of folders, frigate');
    expect(await fails('immich', 'http://127.0.0.1:1')).toContain('FACE_TRIGGER_IMPORT_KEY');
    expect(await fails('immich', 'http://127.0.0.1:1', '--key', 'k')).toContain('Immich does not answer');
    expect(await fails('folders', 'nowhere')).toContain('ERR_FILE_NOT_FOUND');
  });
});
