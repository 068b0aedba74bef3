import { existsSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Interruption, jsonLines, photoFolder, runCli } from './run-cli.ts';

const FRANCK = [
  '01829',
  '02045',
  '02159',
  '02221',
  '02683',
  '02888',
  '03909',
  '03979',
  '04000',
  '04035',
  '04117',
];
const OTHERS = [
  'audrey',
  'cage',
  'joconde',
  'SeanConnery',
  'chuck_crop',
  'obama4_crop',
  'queen20_crop',
  'kim1_crop',
];
const PEOPLE = Object.fromEntries([
  ...FRANCK.map((number) => [`people/Franck/${number}.jpg`, `franck_${number}.jpg`]),
  ...OTHERS.map((name) => [`people/${name}.jpg`, `${name}.jpg`]),
]);
const INT8 = ['gallery', 'migrate', '--models', 'dlib', '--precision', 'int8'];

interface Result {
  readonly switched: boolean;
  readonly faces: number;
  readonly resumed: number;
  readonly embedded: number;
  readonly backup: string | null;
}

/** A folder with photos of people and a gallery of them. */
async function withGallery(...options: string[]) {
  const cwd = await photoFolder(PEOPLE);
  const added = await runCli(['gallery', 'add', 'people', '--review', 'off', ...options], { cwd });
  expect(added).toMatchObject({ status: 0 });
  const run = (...args: string[]) => runCli(args, { cwd });
  return { cwd, run };
}

describe('gallery migrate', () => {
  it('goes on after kill -9 at any moment, while the gallery stays as it was', async () => {
    const { cwd, run } = await withGallery('--thumbnails');
    const journal = join(cwd, 'gallery.db.migration');
    const size = () => statSync(journal, { throwIfNoEntry: false })?.size ?? 0;
    const moments: (() => Interruption)[] = [
      () => ({ at: 'file', path: journal }),
      // The first batch is in the journal.
      () => ({ at: 'file', path: journal, above: size() }),
      () => ({ at: 'rename', ending: '.jsonl' }),
    ];
    for (const moment of moments) {
      const killed = await runCli(INT8, { cwd, interrupt: { ...moment(), signal: 'SIGKILL' } });
      expect(killed.signal).toBe('SIGKILL');
      expect(existsSync(journal)).toBe(true);
      // Not here: the driver keeps a closed file open until its statements are collected as garbage, and its log with it.
      const stats = await run('gallery', 'stats');
      expect(stats.stdout).toContain('19 faces');
      expect(stats.stdout).toMatch(/embedder dlib-resnet-v1\b(?!-)/);
    }
    const [result] = jsonLines<Result>(await run(...INT8, '--json'));
    expect(result).toMatchObject({ switched: true, faces: 19, embedded: 0, resumed: 19 });
    expect(
      readdirSync(cwd)
        .filter((name) => name.startsWith('gallery.db'))
        .sort(),
    ).toEqual(['gallery.db', 'gallery.db.dlib-resnet-v1.jsonl']);
    const stats = await run('gallery', 'stats');
    expect(stats.stdout).toContain('embedder dlib-resnet-v1-int8');
    const found = await run('gallery', 'search', 'people', '--json');
    const names = jsonLines<{ image: string; faces: { people: { name: string }[] }[] }>(found);
    expect(found.status).toBe(0);
    expect(names).toHaveLength(19);

    const removed = await run('gallery', 'migrate', '--remove-old');
    expect(removed.stdout).toContain('removed');
    expect(existsSync(result!.backup!)).toBe(false);
    expect((await run('gallery', 'migrate', '--remove-old')).stdout).toContain('nothing to remove');
  });

  it('counts whose pictures are gone, refuses without them, and goes on when told', async () => {
    const { cwd, run } = await withGallery();
    await rm(join(cwd, 'people', 'Franck', '02045.jpg'));
    await rm(join(cwd, 'people', 'cage.jpg'));
    const dry = await run(...INT8, '--dry-run', '--sources', 'people');
    expect(dry).toMatchObject({ status: 0 });
    expect(dry.stdout).toContain('17 can be embedded anew, 2 cannot');
    const refused = await run(...INT8, '--sources', 'people');
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('no picture of 2 of 19 faces');
    expect(refused.stderr).toMatch(/Franck: 1 of 11 faces: no picture is kept/);
    expect(refused.stderr).toMatch(/cage: 1 of 1 face: no picture is kept/);
    const done = await run(...INT8, '--sources', 'people', '--drop-missing', '--remove-old');
    expect(done).toMatchObject({ status: 0 });
    expect(done.stdout).toContain('2 left out');
    expect((await run('gallery', 'stats')).stdout).toContain('9 people, 17 faces');
    expect(readdirSync(cwd).filter((name) => name.endsWith('.jsonl'))).toEqual([]);
  });

  it('moves to networks that cut faces otherwise, judged by the people of the gallery', async () => {
    const { run } = await withGallery('--thumbnails');
    const judged = await run('gallery', 'migrate', '--models', 'mobilefacenet', '--judge', '--force');
    expect(judged).toMatchObject({ status: 0 });
    expect(judged.stdout).toMatch(/judged by 19 faces: 55 pairs of one person, 116 of two/);
    expect(judged.stdout).toContain('equal error rate');
    const stats = await run('gallery', 'stats', '--json');
    expect(jsonLines<{ pack: { name: string }; metric: string }>(stats)[0]).toMatchObject({
      pack: { name: 'mobilefacenet' },
    });
    const found = await run('gallery', 'search', 'people/Franck/02045.jpg', 'people/audrey.jpg');
    expect(found.stdout).toMatch(/02045.jpg +1 +Franck/);
    expect(found.stdout).toMatch(/audrey.jpg +1 +audrey/);

    const both = await run('gallery', 'migrate', '--models', 'dlib+mobilefacenet', '--sources', 'people');
    expect(both).toMatchObject({ status: 0 });
    expect((await run('gallery', 'search', 'people/audrey.jpg')).stdout).toMatch(/audrey.jpg +1 +audrey/);
  });

  it('warns of a threshold that was set in the web page for the old models', async () => {
    const cwd = await photoFolder({ 'people/Audrey/1.jpg': 'audrey.jpg' });
    const run = (...args: string[]) => runCli(args, { cwd });
    await run('gallery', 'add', 'people', '--thumbnails');
    const { ServerSettings } = await import('../../src/server/server-settings.ts');
    const path = join(cwd, 'face-trigger-settings.json');
    const settings = await ServerSettings.open({ path, maxDistance: 0.5 });
    await settings.change({ maxDistance: 0.47 });
    const { stderr } = await run(...INT8);
    expect(stderr).toMatch(/WARNING: .*threshold of 0\.47/);
  });

  it('says what it needs', async () => {
    const { run } = { run: async (...args: string[]) => runCli(args, { cwd: await photoFolder({}) }) };
    expect(await run('gallery', 'migrate')).toMatchObject({
      stderr: expect.stringContaining('Expected --models and a pack'),
    });
    expect(await run('gallery', 'migrate', '--models', 'dlib')).toMatchObject({
      stderr: expect.stringContaining('There is no gallery'),
    });
  });
});
