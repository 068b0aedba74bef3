import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jsonLines, media, photoFolder, runCli, sideBySide } from './run-cli.ts';

describe('face-trigger gallery', () => {
  it('adds a photo once, and nobody of whom no photo is good enough', async () => {
    const cwd = await photoFolder({
      'people/Ada/1.jpg': 'audrey.jpg',
      'people/Beth/1.jpg': 'audrey.jpg',
      'people/Ghost/1.png': 'icon_sad.png',
    });
    const add = (...args: string[]) => runCli(['gallery', 'add', 'people', ...args], { cwd });
    const first = await add();
    expect(first.stderr).toContain(
      'people/Beth/1.jpg: the same photo is there as Ada: one photo under two names',
    );
    expect(first.stderr).toContain('2 faces added; 2 people, 2 faces in all');
    expect((await add('--json')).stdout.match(/"alreadyThere":true/g)).toHaveLength(2);
    const again = await add('--detection', 'fast');
    expect(again.stderr).toContain('people/Ada/1.jpg: already there as 1.jpg, nothing added');
    expect(again.stderr).toContain('0 faces added, 2 already there; 2 people, 2 faces in all');
    expect((await add('--duplicates', 'keep')).stderr).toContain('2 faces added; 2 people, 4 faces in all');
  });

  it('enrolls, lists, finds, renames, merges, exports, imports and deletes people', async () => {
    const cwd = await photoFolder({
      'people/Franck/1.jpg': 'franck_01829.jpg',
      'people/Franck/2.jpg': 'franck_02221.jpg',
      'people/Audrey.jpg': 'audrey.jpg',
    });
    const gallery = (...args: string[]) => runCli(['gallery', ...args], { cwd });

    const added = await gallery('add', 'people', '--json', '--review', 'off');
    expect(added).toMatchObject({ status: 0, stderr: '' });
    expect(jsonLines(added)).toHaveLength(3);
    expect(jsonLines(await gallery('list', '--json'))).toMatchObject([
      { name: 'Audrey', faces: 1 },
      { name: 'Franck', faces: 2 },
    ]);

    const search = () => gallery('search', media('franck_04035.jpg'), media('cage.jpg'), '--json');
    type Line = { faces: { candidates: { person: { name: string }; distance: number }[] }[] };
    const names = async () =>
      jsonLines<Line>(await search()).map(({ faces }) =>
        faces[0]!.candidates.map(({ person }) => person.name),
      );
    expect(await names()).toEqual([['Franck'], []]);

    expect((await gallery('rename', 'Franck', '../Frank "the" Tank')).status).toBe(0);
    expect(await names()).toEqual([['../Frank "the" Tank'], []]);
    const [merge] = jsonLines<{ id: string }>(
      await gallery('merge', 'Audrey', '../Frank "the" Tank', '--json'),
    );
    expect((await gallery('undo', merge!.id)).stdout).toContain('Audrey is there again with 1 faces');

    expect((await gallery('export', 'all.jsonl')).status).toBe(0);
    expect((await gallery('import', 'all.jsonl', '--gallery', 'copy.db')).stdout).toContain(
      '2 people, 3 faces',
    );
    expect((await gallery('delete', '../Frank "the" Tank')).status).toBe(0);
    expect(await names()).toEqual([[], []]);
    expect((await gallery('stats')).stdout).toContain('1 person, 1 face,');
    expect(readdirSync(cwd).sort()).toEqual(['all.jsonl', 'copy.db', 'gallery.db', 'people']);
    // A dozen processes, each of which loads the models: half a minute on a quiet machine.
  }, 240_000);

  it('is what recognize asks instead of a model, and what a model can be made of', async () => {
    const cwd = await photoFolder({
      'people/Franck.jpg': 'franck_01829.jpg',
      'people/Ann.jpg': 'audrey.jpg',
      'party/1.jpg': 'franck_04035.jpg',
      'party/2.jpg': 'cage.jpg',
    });
    expect((await runCli(['gallery', 'add', 'people'], { cwd })).status).toBe(0);
    expect((await runCli(['gallery', 'train', '--out', 'model', '--json'], { cwd })).stdout).toContain(
      '"people":[{"label":"Ann","photos":1},{"label":"Franck","photos":1}]',
    );
    type Line = { faces: { identity: { label: string | null; distance: number } }[] };
    const recognize = async (...args: string[]) =>
      jsonLines<Line>(await runCli(['recognize', 'party', ...args, '--json'], { cwd }));
    const byGallery = await recognize('--gallery', 'gallery.db');
    expect(byGallery.map(({ faces }) => faces.map(({ identity }) => identity.label))).toEqual([
      ['Franck'],
      [null],
    ]);
    const byModel = await recognize('--model', 'model');
    for (const [i, { faces }] of byModel.entries()) {
      const { label, distance } = faces[0]!.identity;
      expect(label).toBe(byGallery[i]!.faces[0]!.identity.label);
      expect(distance).toBeCloseTo(byGallery[i]!.faces[0]!.identity.distance, 4);
    }
    const strict = await recognize('--gallery', 'gallery.db', '--max-distance', '0.1');
    expect(strict[0]!.faces[0]!.identity.label).toBeNull();
    const table = await runCli(['recognize', 'party/1.jpg', '--gallery', 'gallery.db'], { cwd });
    expect(table.stdout).toMatch(/party\/1\.jpg +1 +Franck +0\.\d+ +0\.\d+/);
    for (const args of [[], ['--gallery', 'gallery.db', '--model', 'model']]) {
      expect((await runCli(['recognize', 'party', ...args], { cwd })).status).toBe(2);
    }
    expect((await runCli(['recognize', 'party', '--gallery', 'none.db'], { cwd })).status).toBe(3);
    expect(readdirSync(cwd)).not.toContain('none.db');
    // Ten processes, most of which load the models.
  }, 240_000);

  it('is compared with the networks that its faces were embedded with, whichever command asks', async () => {
    const cwd = await photoFolder({
      'people/Franck.jpg': 'franck_01829.jpg',
      'people/Ann.jpg': 'audrey.jpg',
      'party.jpg': 'franck_04035.jpg',
    });
    const succeed = async (...args: string[]) => {
      const run = await runCli(args, { cwd });
      expect(run).toMatchObject({ status: 0 });
      return run;
    };
    await succeed('gallery', 'add', 'people', '--precision', 'int8');
    expect((await succeed('gallery', 'stats')).stdout).toContain('embedder dlib-resnet-v1-int8');
    await succeed('gallery', 'add', 'party.jpg', '--name', 'Franck');
    expect((await succeed('gallery', 'search', 'party.jpg')).stdout).toContain('Franck');
    const trained = await succeed('gallery', 'train', '--out', 'model', '--json');
    expect(trained.stdout).toContain('"people":[{"label":"Ann","photos":1},{"label":"Franck","photos":2}]');
    for (const people of [
      ['--gallery', 'gallery.db'],
      ['--model', 'model'],
    ]) {
      expect((await succeed('recognize', 'party.jpg', ...people)).stdout).toContain('Franck');
    }
    // Seven processes, most of which load the models.
  }, 240_000);

  it('shows examples in its help', async () => {
    for (const [command, example] of [
      ['gallery', 'gallery add people/'],
      ['serve', 'curl -H "x-api-key: KEY"'],
      ['keys', 'keys create door'],
    ] as const) {
      expect((await runCli([command, '--help'])).stdout).toContain(example);
    }
  });

  it('says what is wrong and goes on with the other photos', async () => {
    const cwd = await photoFolder({
      'two.png': await sideBySide('audrey_crop.jpg', 'cage2_crop.jpg'),
      'ok.jpg': 'audrey.jpg',
      'broken.jpg': new Uint8Array(100),
    });
    const run = await runCli(['gallery', 'add', 'broken.jpg', 'two.png', 'ok.jpg', '--name', 'A'], { cwd });
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('broken.jpg');
    expect(run.stderr).toContain('two.png: The photo is not fit to enroll somebody: several-faces');
    expect(run.stderr).toContain('1 face added; 1 person');
  });

  it('ends with the documented statuses', async () => {
    const cwd = await photoFolder({});
    const status = async (...args: string[]) => (await runCli(['gallery', ...args], { cwd })).status;
    expect(await status('list', '--gallery', join('no', 'gallery.db'))).toBe(3);
    expect(await status('import', 'missing.jsonl')).toBe(3);
    expect(await status('frobnicate')).toBe(2);
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('face-trigger gallery add --expires', () => {
  it.each([
    '2027-02-30',
    '2027-02-29',
    '2027-13-01',
    '2027-06-30T24:00:00Z',
    '2027-06-30T12:00',
    '1814313600',
  ])('refuses %s, which is no day or says no moment, and makes no gallery', async (date) => {
    const cwd = await photoFolder({ 'ada.jpg': 'audrey.jpg' });
    const args = ['gallery', 'add', 'ada.jpg', '--name', 'Ada', '--expires', date];
    const { status, stderr } = await runCli(args, { cwd });
    expect({ status, stderr }).toMatchObject({ status: 2 });
    expect(stderr).toContain(`argument '${date}' is invalid. Expected a day that exists`);
    expect(readdirSync(cwd)).toEqual(['ada.jpg']);
  });

  it('refuses a day that is over and says how to delete somebody now', async () => {
    const cwd = await photoFolder({ 'ada.jpg': 'audrey.jpg' });
    const args = ['gallery', 'add', 'ada.jpg', '--name', 'Ada', '--expires', '2020-01-01'];
    const { status, stderr } = await runCli(args, { cwd });
    expect({ status, stderr }).toMatchObject({ status: 2 });
    expect(stderr).toContain('Expected a time to come, but 2020-01-01T00:00:00.000Z is over');
    expect(stderr).toContain('gallery delete');
    expect(readdirSync(cwd)).toEqual(['ada.jpg']);
  });

  it('means the first moment of the day in UTC, for somebody new and for somebody known', async () => {
    const cwd = await photoFolder({ 'ada.jpg': 'audrey.jpg', 'ada2.jpg': 'audrey.jpg' });
    const expiry = async (photo: string, date: string) => {
      const args = ['gallery', 'add', photo, '--name', 'Ada', '--review', 'off', '--expires', date];
      expect(await runCli(args, { cwd })).toMatchObject({ status: 0 });
      const [person] = jsonLines<{ expiresAt: string }>(await runCli(['gallery', 'list', '--json'], { cwd }));
      return person!.expiresAt;
    };
    expect(await expiry('ada.jpg', '2096-02-29')).toBe('2096-02-29T00:00:00.000Z');
    expect(await expiry('ada2.jpg', '2096-06-30T18:00+02:00')).toBe('2096-06-30T16:00:00.000Z');
  });
});
