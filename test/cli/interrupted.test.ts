import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeWithSharedData } from '../shared-data.ts';
import { jsonLines, photoFolder, runCli } from './run-cli.ts';

const PHOTOS = ['audrey.jpg', 'cage.jpg', 'franck_01829.jpg', 'franck_02221.jpg', 'franck_04035.jpg'];

const photos = (count: number, nameOf: (index: number) => string) =>
  photoFolder(
    Object.fromEntries(Array.from({ length: count }, (_, i) => [nameOf(i), PHOTOS[i % PHOTOS.length]!])),
  );

describe('an interrupted run', () => {
  it('of detect --annotate says how far it came, and goes on from there with the same result', async () => {
    const cwd = await photos(30, (i) => `photos/${i}.jpg`);
    const args = ['detect', 'photos', '--annotate', 'marked/', '--json'];
    const stopped = await runCli(args, { cwd, interrupt: { at: 'output' } });
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
    await trainsOn(cwd, ['train', 'people', '--classifier', 'nearest']);
  });

  it('of dataset check, which writes nothing, goes on from what it kept in the cache', async () => {
    const cwd = await photos(20, (i) => `people/Person ${i % PHOTOS.length}/${i}.jpg`);
    const cache = join(cwd, 'cache');
    const env = { FACE_TRIGGER_CACHE: cache };
    const args = ['dataset', 'check', 'people', '--json'];
    const kept = async () => (existsSync(cache) ? readdir(cache) : []);
    const stopped = await runCli(args, { cwd, env, interrupt: { at: 'file', path: cache } });
    expect(stopped).toMatchObject({ status: 130, stdout: '' });
    expect(stopped.stderr).toMatch(/stopped: looking at photos, (\d+ of 20 done|nothing done yet)\n/);
    expect(stopped.stderr).toContain('The same command again goes on from there');
    expect(await kept()).toHaveLength(1);
    const rest = await runCli(args, { cwd, env });
    expect(await kept()).toEqual([]);
    expect(jsonLines(rest)).toEqual(jsonLines(await runCli(args, { cwd, env })));
  });

  it('of dataset check promises nothing where the cache cannot be written', async () => {
    const cwd = await photos(2, (i) => `people/Person ${i}/${i}.jpg`);
    const env = { FACE_TRIGGER_CACHE: join(cwd, 'people/Person 0/0.jpg') };
    expect(await runCli(['dataset', 'check', 'people'], { cwd, env })).toMatchObject({ status: 0 });
  });
});

describeWithSharedData('an interrupted run with a learned metric', ['lfw-dev'], (lfw) => {
  it('goes on to the very model that a whole run gives', async () => {
    const people = [
      'Abdullah_Gul',
      'Adrien_Brody',
      'Al_Sharpton',
      'Ana_Palacio',
      'Anders_Fogh_Rasmussen',
      'Andre_Agassi',
      'Angela_Bassett',
      'Ann_Veneman',
      'Anna_Kournikova',
      'Bashar_Assad',
      'Bernard_Law',
      'Bill_Frist',
      'Bill_Gates',
      'Bob_Graham',
      'Bob_Stoops',
      'Brad_Johnson',
    ];
    const cwd = await photoFolder({});
    for (const name of people) {
      await mkdir(join(cwd, 'people', name), { recursive: true });
      for (const photo of (await readdir(join(lfw, name))).slice(0, 4)) {
        await copyFile(join(lfw, name, photo), join(cwd, 'people', name, photo));
      }
    }
    await trainsOn(cwd, ['train', 'people', '--classifier', 'nearest', '--metric', 'triplet']);
  });
});

/** Stops `train` once it has kept a picture, and compares what the next run makes of it with an untroubled one. */
async function trainsOn(cwd: string, args: readonly string[]): Promise<void> {
  // Nothing is printed before the end: the first kept picture shows that the work is under way.
  const stopped = await runCli([...args, '--out', 'model'], {
    cwd,
    interrupt: { at: 'file', path: join(cwd, 'model.partial') },
  });
  expect(stopped).toMatchObject({ status: 130, stdout: '' });
  expect(stopped.stderr).toContain('kept in model.partial');
  expect(existsSync(join(cwd, 'model'))).toBe(false);
  expect(await runCli([...args, '--out', 'model'], { cwd })).toMatchObject({ status: 0 });
  expect(await runCli([...args, '--out', 'other'], { cwd })).toMatchObject({ status: 0 });
  expect((await readdir(cwd)).sort()).toEqual(['model', 'other', 'people']);
  expect(await readdir(join(cwd, 'model'))).toEqual(await readdir(join(cwd, 'other')));
  for (const file of await readdir(join(cwd, 'model'))) {
    expect(await readFile(join(cwd, 'model', file))).toEqual(await readFile(join(cwd, 'other', file)));
  }
}
