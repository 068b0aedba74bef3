import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { planEnrollment } from '../../../src/jobs/photos/plan-enrollment.ts';
import { makeTar, makeZip } from './archive/make-archives.ts';

const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(200, 7)]);

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'face-trigger-plan-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function plan(names: readonly string[], more: { readonly name?: string } = {}) {
  const folder = await newFolder();
  const archive = join(folder, 'a.zip');
  await writeFile(archive, makeZip(names.map((name) => ({ name, bytes: PNG }))));
  const options = { urls: [], gallery: join(folder, 'gallery.db'), maxUnpackedBytes: 1e9, ...more };
  const planned = await planEnrollment([archive], options);
  return { folder, archive, planned, people: planned.tasks.map(({ data }) => data['person']) };
}

describe('what a job of enrollment will do', () => {
  test.each([
    [
      ['Ada/1.png', 'Ada/2.png'],
      ['Ada', 'Ada'],
    ],
    [
      ['people/Ada/1.png', 'people/Bob/2.png'],
      ['Ada', 'Bob'],
    ],
    [
      ['people/Ada/old/1.png', 'people/Ada/2.png'],
      ['Ada', 'Ada'],
    ],
    [
      ['Ada/old/1.png', 'Ada/2.png'],
      ['Ada', 'Ada'],
    ],
    [
      ['Ada/1.png', 'Bob_2.png'],
      ['Ada', 'Bob'],
    ],
  ])('knows the people of an archive with %j', async (names, people) => {
    expect((await plan(names)).people).toEqual(people);
  });

  test('names photos by their archive, and gives what was unpacked away again', async () => {
    const { archive, planned } = await plan(['Ada/1.png'], { name: 'Bob' });
    expect(planned).toMatchObject({ people: 1, skipped: [], withoutPhotos: [] });
    const [{ what, data } = { what: '', data: {} as Record<string, unknown> }] = planned.tasks;
    expect(what).toBe(`${archive}:Ada/1.png`);
    expect(data).toMatchObject({ person: 'Bob', source: '1.png' });
    expect(existsSync(String(data['file']))).toBe(true);
    await planned.discard();
    expect(existsSync(planned.unpacked!)).toBe(false);
  });

  test('puts folders, archives and lists into one job', async () => {
    const folder = await newFolder();
    await mkdir(join(folder, 'people', 'Ada'), { recursive: true });
    await writeFile(join(folder, 'people', 'Ada', '1.png'), PNG);
    await writeFile(join(folder, 'b.tar'), makeTar([{ name: 'Bob/1.png', bytes: PNG }]));
    await writeFile(join(folder, 'list.txt'), 'https://a.example/Cem/1.jpg\n');
    const { tasks, people } = await planEnrollment([join(folder, 'people'), join(folder, 'b.tar')], {
      urls: [join(folder, 'list.txt')],
      gallery: join(folder, 'gallery.db'),
      maxUnpackedBytes: 1e9,
    });
    expect(tasks.map(({ data }) => data['person'])).toEqual(['Ada', 'Bob', 'Cem']);
    expect(people).toBe(3);
  });

  test('is refused as a whole where one archive is bad, and nothing stays unpacked', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'good.tar'), makeTar([{ name: 'Bob/1.png', bytes: PNG }]));
    await writeFile(join(folder, 'bad.tar'), makeTar([{ name: '../Bob/1.png', bytes: PNG }]));
    const unpackTo = join(folder, 'unpacked');
    const options = { urls: [], gallery: join(folder, 'gallery.db'), maxUnpackedBytes: 1e9, unpackTo };
    const archives = [join(folder, 'good.tar'), join(folder, 'bad.tar')];
    await expect(planEnrollment(archives, options)).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    expect(await readdir(unpackTo)).toEqual([]);
    await expect(planEnrollment([], options)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
  });
});
