import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { media, photoFolder, runCli } from '../cli/run-cli.ts';
import { needs } from '../programs.ts';
import { type OnFirstLine, runProgram } from './run-program.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'examples');
const HEIC = readFileSync(join(ROOT, 'test/fixtures/image/gradient.heic'));

const PEOPLE = {
  'people/Franck/1.jpg': 'franck_01829.jpg',
  'people/Franck/2.jpg': 'franck_02045.jpg',
  'people/Audrey/1.jpg': 'audrey.jpg',
  'people/Audrey/2.jpg': 'audrey_crop.jpg',
};

describe('examples/', () => {
  const run = (name: string, args: readonly string[], cwd: string, onFirstLine?: OnFirstLine) =>
    runProgram(join(FOLDER, name), args, { cwd, onFirstLine });

  it('find-faces prints where faces are and saves photos with boxes', async () => {
    const folder = await photoFolder({ 'one.jpg': 'audrey.jpg', 'none.jpg': 'vendetta.jpg' });
    const stdout = await run('find-faces.mjs', ['one.jpg', 'none.jpg'], folder);
    expect(stdout).toMatch(/^one\.jpg: \d+ x \d+ at \d+, \d+, score \d\.\d\d$/m);
    expect(statSync(join(folder, 'faces-one.jpg')).size).toBeGreaterThan(1000);
  });

  it('compare-photos tells one person from two', async () => {
    const folder = await photoFolder({
      'a.jpg': 'franck_01829.jpg',
      'b.jpg': 'franck_04000.jpg',
      'c.jpg': 'cage.jpg',
    });
    expect(await run('compare-photos.mjs', ['a.jpg', 'b.jpg'], folder)).toMatch(
      /^the same person: distance 0\.\d+/,
    );
    expect(await run('compare-photos.mjs', ['a.jpg', 'c.jpg'], folder)).toMatch(
      /^two people: distance 0\.\d+/,
    );
  });

  it('recognize-people names whom it learned and nobody else', async () => {
    const folder = await photoFolder({ ...PEOPLE, 'a.jpg': 'franck_04000.jpg', 'b.jpg': 'cage.jpg' });
    const stdout = await run('recognize-people.mjs', ['people', 'a.jpg', 'b.jpg'], folder);
    expect(stdout).toMatch(/^learned 2 people from 4 photos/);
    expect(stdout).toMatch(/^a\.jpg: Franck \(/m);
    expect(stdout).toMatch(/^b\.jpg: unknown \(/m);
  });

  it('unknown-people knows a stranger again', async () => {
    const folder = await photoFolder({
      'a.jpg': 'franck_01829.jpg',
      'b.jpg': 'cage.jpg',
      'c.jpg': 'franck_04000.jpg',
    });
    const stdout = await run('unknown-people.mjs', ['a.jpg', 'b.jpg', 'c.jpg'], folder);
    expect(stdout).toBe('a.jpg: stranger 1\nb.jpg: stranger 2\nc.jpg: stranger 1\n2 people\n');
  });

  it('gallery adds, finds and deletes people', async () => {
    const folder = await photoFolder({ 'a.jpg': 'franck_01829.jpg', 'b.jpg': 'franck_04000.jpg' });
    const gallery = (...args: string[]) => run('gallery.mjs', ['faces.db', ...args], folder);
    expect(await gallery('add', 'Franck', 'a.jpg')).toBe('Franck: 1 in the gallery\n');
    expect(await gallery('search', 'b.jpg')).toMatch(/^Franck: distance 0\.\d{3}, probability (0\.[5-9]|1)/);
    expect(await gallery('delete', 'Franck')).toBe('Franck: 1 deleted\n');
    expect(await gallery('search', 'b.jpg')).toBe('');
  });

  it('camera-trigger sends what happens in a film to a webhook', async (context) => {
    needs(context, 'ffmpeg');
    const folder = await photoFolder(PEOPLE);
    const cut = ['-t', '3', '-i', media('franck.mp4'), '-c', 'copy', join(folder, 'film.mp4')];
    expect(spawnSync('ffmpeg', ['-loglevel', 'error', ...cut], { encoding: 'utf8' }).stderr).toBe('');
    const trained = await runCli(['train', 'people', '--out', 'model'], { cwd: folder });
    expect(trained.stderr).toBe('');
    const events: { type: string; label: string | null }[] = [];
    const receiver = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => {
        body += part;
      });
      request.on('end', () => {
        events.push(JSON.parse(body));
        response.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.address() as AddressInfo;
    const triggers = await readFile(join(FOLDER, 'triggers.yaml'), 'utf8');
    expect(triggers).toContain(':8123/');
    await writeFile(join(folder, 'triggers.yaml'), triggers.replace(':8123/', `:${port}/`));
    try {
      const stdout = await run('camera-trigger.mjs', ['film.mp4', 'model', 'triggers.yaml'], folder);
      expect(stdout).toMatch(/^person\.recognized Franck$/m);
    } finally {
      receiver.close();
    }
    expect(events).toContainEqual(expect.objectContaining({ type: 'person.recognized', label: 'Franck' }));
  });

  it('measure-accuracy counts errors among all pairs, with intervals', async () => {
    const folder = await photoFolder(PEOPLE);
    const stdout = await run('measure-accuracy.mjs', ['people'], folder);
    expect(stdout).toContain('two people taken for one: 0 of 4 pairs (0.0 % to ');
    expect(stdout).toContain('one person taken for two: 0 of 2 pairs (0.0 % to ');
  });

  it('own-embedder gives a pipeline embeddings of its own', async () => {
    const folder = await photoFolder({ 'a.jpg': 'franck_01829.jpg', 'b.jpg': 'cage.jpg' });
    const stdout = await run('own-embedder.mjs', ['a.jpg', 'b.jpg'], folder);
    expect(stdout).toMatch(/^cosine distance \d\.\d{3} of 64 numbers$/m);
  });

  it('own-server answers until it is asked to stop', async () => {
    const folder = await photoFolder({ 'a.jpg': 'audrey.jpg' });
    const stdout = await run('own-server.mjs', ['faces.db', '0'], folder, async (line, child) => {
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
      const body = await readFile(join(folder, 'a.jpg'));
      const headers = { 'content-type': 'image/jpeg' };
      const response = await fetch(`${url}/api/v1/detect`, { method: 'POST', headers, body });
      expect(await response.json()).toMatchObject({ faces: [{ score: expect.any(Number) }] });
      child.kill('SIGTERM');
    });
    expect(stdout).toMatch(/^listening on /);
  });

  it('photos-to-json describes every photo, and says which cannot be read', async () => {
    const folder = await photoFolder({
      'a.jpg': 'audrey.jpg',
      'b.heic': HEIC,
      'c.jpg': HEIC.subarray(0, 40),
    });
    const stdout = await run('photos-to-json.mjs', ['a.jpg', 'b.heic', 'c.jpg', 'd.jpg'], folder);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const byName = new Map(lines.map((line) => [line.photo, line]));
    expect(byName.get('a.jpg').faces[0].embedding).toHaveLength(128);
    expect(byName.get('b.heic')).toMatchObject({ width: 96, height: 64, faces: [] });
    expect(byName.get('c.jpg').error.code).toMatch(/^ERR_IMAGE_/);
    expect(byName.get('d.jpg').error.code).toBe('ERR_FILE_NOT_FOUND');
  });

  it('are all run here and listed in the index', () => {
    const names = readdirSync(FOLDER).filter((name) => name.endsWith('.mjs'));
    const index = readFileSync(join(FOLDER, 'README.md'), 'utf8');
    const listed = [...index.matchAll(/^\| \[([\w-]+\.mjs)\]\(\1\) \|/gm)].map(([, name]) => name!);
    expect(listed.toSorted()).toEqual(names);
    const tests = readFileSync(import.meta.filename, 'utf8');
    expect(names.filter((name) => !tests.includes(`run('${name}'`))).toEqual([]);
  });
});
