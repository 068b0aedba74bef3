import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { TOGETHER, TURNED, writeAlbum } from '../photos/album.ts';

interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const folder = mkdtempSync(join(tmpdir(), 'face-trigger-photos-'));
const album = join(folder, 'album');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `face-trigger photos` in this process: the networks are loaded by the scan alone. */
async function photos(...args: string[]): Promise<Said> {
  const said = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      said[name] += String(text);
      return true;
    }),
  );
  try {
    const status = await main(['photos', ...args, '--library', join(folder, 'photos.db')]);
    return { status, ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** What a command that must end well printed. */
async function told(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await photos(...args);
  expect(status, stderr).toBe(0);
  return stdout + stderr;
}

async function json<Row>(...args: string[]): Promise<Row[]> {
  const { status, stdout, stderr } = await photos(...args, '--json');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

/** The id by which a command says that it can be undone. */
function undoOf(text: string): string {
  return /photos undo (\S+)/.exec(text)![1]!;
}

interface Question {
  readonly groupId: string;
  readonly faces: number;
}
interface Face {
  readonly id: string;
  readonly path: string;
  readonly name: string | null;
  readonly isIgnored: boolean;
  readonly groupId: string | null;
}
interface Person {
  readonly name: string;
  readonly faces: number;
  readonly photos: number;
}
interface Photo {
  readonly paths: readonly string[];
  readonly people: readonly { readonly name: string }[];
}

const questions = () => json<Question>('questions');
const faces = (...words: string[]) => json<Face>('faces', ...words);
const people = async () => (await json<Person>('people')).map(({ name, faces }) => [name, faces]);

let first: Question;
let second: Question;

beforeAll(async () => {
  // A program listens to them until it ends, and here it begins often.
  for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(0);
  await mkdir(album);
  await writeAlbum(album);
  await writeFile(join(album, 'broken.jpg'), 'no picture');
  const { status, stderr } = await photos('scan', album, '--jobs', '1', '--no-group', '--no-progress');
  expect(status, stderr).toBe(1);
  expect(stderr).toContain('10 photos scanned, 12 faces found; 1 not read: see "photos failures"\n');
}, 120_000);

beforeEach(async () => {
  [first, second] = (await questions()) as [Question, Question];
});

describe('photos: what is there', () => {
  it('groups, tells how much there is, and what could not be read', async () => {
    expect(await told('group')).toBe('2 groups, 2 of them without a name; 1 face like no other\n');
    expect(await json('group')).toMatchObject([{ changed: false, groups: 2, nameless: 2, alone: 1 }]);
    expect(await told('stats')).toBe(
      '10 photos (0 RAW, 0 films) in 10 files\n12 faces, 0 named, of 0 people, 0 ignored\n1 file could not be read: see "photos failures"\n',
    );
    expect(await json('stats')).toMatchObject([{ photos: 10, faces: 12, failures: 1, people: 0 }]);
    expect(await told('failures')).toMatch(
      /broken\.jpg: .* \(ERR_IMAGE_DECODE\)\n1 file could not be read\n$/,
    );
    expect(await json('failures')).toMatchObject([
      { path: join(album, 'broken.jpg'), code: 'ERR_IMAGE_DECODE' },
    ]);
    expect(await told('people')).toBe('nobody has a name yet: see face-trigger photos questions\n');
  });

  it('asks about the largest group first, and shows its faces on a sheet', async () => {
    expect([first.faces, second.faces]).toEqual([8, 3]);
    const sheet = join(folder, 'who.png');
    const text = await told('questions', '--sheet', sheet, '--limit', '1');
    expect(text).toMatch(
      new RegExp(`^GROUP +FACES .*\n${first.groupId} +8 +8 +\\d+ %  -\nto answer: .* name ${first.groupId} `),
    );
    expect((await sharp(sheet).metadata()).width).toBeGreaterThan(100);
    const listed = await faces(first.groupId);
    expect(listed.map(({ path }) => basename(path))).toContain(TURNED);
    const prefix = `${first.groupId}/${listed[0]!.id.slice(0, 8)}`;
    expect(await faces(prefix)).toEqual([listed[0]]);
    expect(await told('faces', prefix)).toContain(`${listed[0]!.id.slice(0, 8)}  `);
  });
});

describe('photos: what somebody says', () => {
  it('names a group, finds its photos, and takes the name back', async () => {
    const text = await told('name', first.groupId, 'Franck');
    expect(text).toMatch(/^8 faces named Franck \(new\); \d faces enrolled\nto undo it: /);
    expect(await people()).toEqual([['Franck', 8]]);
    expect(await told('people')).toMatch(/PHOTOS .*\n +8 +8 {2}2019-07-01 {2}2022-07-01 {2}Franck\n$/);
    expect((await questions()).map(({ groupId }) => groupId)).toEqual([second.groupId]);
    expect(await told('undo', undoOf(text))).toMatch(
      /^8 faces known as before, \d faces no longer enrolled\n$/,
    );
    expect(await people()).toEqual([]);
    const again = await photos('undo', undoOf(text));
    expect(again).toMatchObject({ status: 7, stdout: '' });
    expect(again.stderr).toContain('(ERR_CONFLICT)');
  });

  it('suggests the others of a group once one has a name: yes to all, or no to all', async () => {
    const [one] = await faces(first.groupId);
    const [named] = await json<{ decisionId: string }>('name', one!.id, 'Franck');
    const suggested = await json<{ faceIds: string[]; name: string; confidence: number }>('suggestions');
    expect(new Set(suggested.flatMap(({ faceIds }) => faceIds)).size).toBe(7);
    expect(await told('suggestions', 'Franck')).toMatch(/SURE .*\n *\d+ % .* Franck\n/);
    expect(await json('suggestions', 'Franck', '--least', '1')).toEqual(
      suggested.filter(({ confidence }) => confidence >= 1),
    );

    const [yes] = await json<{ decisionId: string }>('suggestions', 'Franck', '--confirm');
    expect(yes).toMatchObject({ kind: 'confirm', faces: 7 });
    expect(await people()).toEqual([['Franck', 8]]);
    expect(await told('suggestions', 'Franck')).toBe('nothing to suggest\n');
    await told('undo', yes!.decisionId);

    const no = await told('suggestions', 'Franck', '--not');
    expect(no).toContain('7 faces: not Franck\n');
    expect(await people()).toEqual([['Franck', 1]]);
    expect(await json('suggestions')).toEqual([]);
    for (const id of [undoOf(no), named!.decisionId])
      expect(await json('undo', id)).toMatchObject([{ undone: id }]);
    expect((await questions()).map(({ faces }) => faces)).toEqual([8, 3]);
  });

  it('takes a name from faces, ignores others, and asks about neither again', async () => {
    const [named] = await json<{ decisionId: string }>('name', first.groupId, 'Franck');
    const odd = (await faces(first.groupId)).slice(0, 2);
    const words = odd.map(({ id }) => `${first.groupId}/${id.slice(0, 8)}`);
    const not = await told('not', 'Franck', ...words);
    expect(not).toContain('2 faces: not Franck\n');
    expect(await people()).toEqual([['Franck', 6]]);
    expect((await faces(...odd.map(({ id }) => id))).map(({ name }) => name)).toEqual([null, null]);

    const [ignored] = await json<{ decisionId: string }>('ignore', second.groupId, odd[0]!.id);
    expect(ignored).toMatchObject({ kind: 'ignore', faces: 4 });
    expect(await faces(odd[0]!.id)).toMatchObject([{ isIgnored: true, groupId: null }]);
    expect(await questions()).toEqual([]);
    for (const id of [ignored!.decisionId, undoOf(not), named!.decisionId]) await told('undo', id);
    expect((await questions()).map(({ faces }) => faces)).toEqual([8, 3]);
  });

  it('makes two groups one, picks faces out of one, and undoes both', async () => {
    const merged = await told('merge', second.groupId, first.groupId);
    expect(merged).toContain(`${second.groupId} and ${first.groupId} are one person now\n`);
    expect((await questions()).map(({ faces }) => faces)).toEqual([11]);
    await told('undo', undoOf(merged));
    const [group] = await questions();
    const odd = (await faces(group!.groupId)).slice(0, 3).map(({ id }) => id.slice(0, 8));
    const [split] = await json<{ decisionId: string }>('split', group!.groupId, ...odd);
    expect(split).toMatchObject({ kind: 'split', faces: 3 });
    expect((await questions())[0]!.faces).toBe(5);
    await told('undo', split!.decisionId);
    expect((await questions()).map(({ faces }) => faces)).toEqual([8, 3]);
  });

  it('makes two people with names one', async () => {
    const [one] = await json<{ decisionId: string }>('name', first.groupId, 'Franck');
    const [two] = await json<{ decisionId: string }>('name', second.groupId, 'Audrey');
    const merged = await told('merge', '--people', 'Audrey', 'Franck');
    expect(await people()).toEqual([['Franck', 11]]);
    for (const id of [undoOf(merged), two!.decisionId, one!.decisionId]) await told('undo', id);
    expect(await people()).toEqual([]);
  });

  it('refuses what cannot be, and says why', async () => {
    const refused = async (...args: string[]) => {
      const { status, stdout, stderr } = await photos(...args);
      expect({ status: status > 0, stdout }).toEqual({ status: true, stdout: '' });
      return stderr;
    };
    expect(await refused('faces', 'g99')).toContain('There is no group g99');
    expect(await refused('faces', `${first.groupId}/zz`)).toContain('There is no face zz in group');
    expect(await refused('split', first.groupId, '')).toContain('give more digits');
    expect(await refused('not', 'Eve', first.groupId)).toContain('ERR_NOT_FOUND');
    expect(await refused('merge', '--people', 'Eve', 'Eva')).toContain('ERR_NOT_FOUND');
    expect(await refused('merge', first.groupId, first.groupId)).toContain('ERR_INVALID_ARGUMENT');
    expect(await refused('undo', 'nothing')).toContain('ERR_NOT_FOUND');
    expect(await refused('suggestions', '--confirm')).toContain('need the name of one person');
    expect(await refused('suggestions', 'Ada', '--not', '--confirm')).toContain('contradict each other');
    expect(await refused('find', 'Eve')).toContain('Nobody is called Eve');
    expect(await refused('find', '--since', 'June')).toContain('--since');
    expect(await refused('find', 'Eve', '--nobody')).toContain('--nobody');
    expect(await refused('questions', '--sheet', join(folder, 'who.txt'))).toContain('who.txt');
    expect(await refused('export', 'pdf', folder)).toContain('one of links, csv, json, album');
    expect(await refused('export', 'links', album)).toContain('ERR_CONFLICT');
  });
});

describe('photos: what names are for', () => {
  const named: string[] = [];
  beforeAll(async () => {
    const [one, two] = (await questions()) as [Question, Question];
    for (const [{ groupId }, name] of [
      [one, 'Franck'],
      [two, 'Audrey'],
    ] as const)
      named.push((await json<{ decisionId: string }>('name', groupId, name))[0]!.decisionId);
    return async () => {
      for (const id of named) await told('undo', id);
    };
  });

  const found = async (...args: string[]) =>
    (await json<Photo>('find', ...args)).flatMap(({ paths }) => paths.map((path) => basename(path)));

  it('finds photos by people, days, folder and kind', async () => {
    const together = ['together-again.jpg', TOGETHER];
    expect((await found('Franck', '--with', 'Audrey')).sort()).toEqual(together.sort());
    expect(await found('Audrey', '--without', 'Franck')).toEqual(['audrey.jpg']);
    expect((await found('Franck', '--until', '2019')).sort()).toEqual([
      'franck_01829.jpg',
      'franck_02159.jpg',
    ]);
    expect(await found('Franck', '--since', '2021', '--until', '2021-07-01')).toEqual(['franck_03909.jpg']);
    expect(await found('--strangers')).toEqual(['cage.jpg']);
    expect(await found('--nobody')).toEqual([]);
    expect(await found('--kind', 'film')).toEqual([]);
    expect(await found('--folder', join(folder, 'elsewhere'))).toEqual([]);
    expect(await found('Franck', '--limit', '2')).toHaveLength(2);
    expect(await told('find', 'Audrey', '--without', 'Franck')).toBe(
      `2020-07-01  ${join(album, 'audrey.jpg')}\n1 photo\n`,
    );
  });

  it('exports links, tables and an album', async () => {
    const out = (name: string) => join(folder, name);
    expect(await told('export', 'links', out('links'))).toBe(
      `11 links in 2 folders in ${out('links')}\nleft out: 1 photo in which nobody has a name\n`,
    );
    expect(await readdir(join(out('links'), 'Audrey'))).toHaveLength(3);
    const copies = await json('export', 'links', out('copies'), '--with', 'Audrey', '--link', 'copy');
    expect(copies).toMatchObject([{ kind: 'links', photos: 3, files: { symlink: 0, copy: 5 } }]);

    expect(await told('export', 'csv', out('faces.csv'))).toBe(`10 photos: ${out('faces.csv')}\n`);
    expect((await readFile(out('faces.csv'), 'utf8')).match(/"?Franck"?,/g)).toHaveLength(8);
    expect(await json('export', 'json', out('photos.json'), '--with', 'Audrey')).toMatchObject([
      { photos: 3 },
    ]);
    expect(JSON.parse(await readFile(out('photos.json'), 'utf8'))).toHaveLength(3);
    expect((await photos('export', 'json', out('photos.json'))).stderr).toContain('ERR_CONFLICT');

    const made = await told('export', 'album', out('web'), '--with', 'Audrey', '--title', 'Audrey & Co');
    expect(made).toBe(`3 photos of 2 people: ${join(out('web'), 'index.html')}\n`);
    expect(await readFile(join(out('web'), 'index.html'), 'utf8')).toContain(
      '<h1 dir="auto">Audrey &amp; Co</h1>',
    );
    expect(await readdir(join(out('web'), 'large'))).toHaveLength(3);
  });
});

it('photos prune forgets photos whose files are gone, those with names only if told so', async () => {
  const [{ decisionId }] = (await json<{ decisionId: string }>('name', second.groupId, 'Audrey')) as [
    { decisionId: string },
  ];
  const away = join(folder, 'away');
  await mkdir(away);
  for (const name of ['audrey.jpg', 'cage.jpg']) await rename(join(album, name), join(away, name));
  const { stderr } = await photos('scan', album, '--no-group');
  expect(stderr).toContain('2 gone');
  expect(await told('stats')).toContain('2 photos whose files are gone');
  expect(await told('prune')).toBe('1 photo forgotten\n');
  expect(await json('prune')).toEqual([{ removed: 0 }]);
  expect(await json('prune', '--named')).toEqual([{ removed: 1 }]);
  expect(await people()).toEqual([['Audrey', 2]]);
  await told('undo', decisionId);
  expect(existsSync(join(away, 'audrey.jpg'))).toBe(true);
});
