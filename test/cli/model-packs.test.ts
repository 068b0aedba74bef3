import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { jsonLines, photoFolder, runCli } from './run-cli.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** An empty place for packs, and a command line that has it. */
async function emptyData(): Promise<{
  readonly data: string;
  readonly run: (
    args: readonly string[],
    options?: Parameters<typeof runCli>[1],
  ) => ReturnType<typeof runCli>;
}> {
  const data = await mkdtemp(join(tmpdir(), 'face-trigger-data-'));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  return {
    data,
    run: (args, { env, ...options } = {}) =>
      runCli(args, { ...options, env: { FACE_TRIGGER_DATA: data, ...env } }),
  };
}

interface Part {
  kind: string;
  id: string;
  identity: string;
  licence: Record<string, string>;
}

/** The package's models under another name, with an embedder that is another one to everybody. */
async function ownPack(folder: string, name: string): Promise<string> {
  const pack = join(folder, 'own models');
  await cp(join(ROOT, 'models', 'dlib'), pack, { recursive: true });
  const path = join(pack, 'face-trigger.json');
  const description = JSON.parse(await readFile(path, 'utf8')) as { name: string; parts: Part[] };
  description.name = name;
  for (const part of description.parts) {
    if (part.kind === 'embedder') Object.assign(part, { id: `${name}-${part.id}`, identity: 'a'.repeat(64) });
    part.licence['weights'] = 'CC-BY-NC-4.0';
  }
  await writeFile(path, JSON.stringify(description));
  return pack;
}

describe('models add, list, info, use, remove', () => {
  it('adds a folder that describes itself, lists and verifies it with the others, and takes it away', async () => {
    const { run } = await emptyData();
    const pack = await ownPack(await photoFolder({}), 'house');
    const added = await run(['models', 'add', pack, '--json']);
    expect(added).toMatchObject({ status: 0 });
    expect(jsonLines<{ name: string }>(added)).toMatchObject([{ name: 'house', licences: ['CC-BY-NC-4.0'] }]);
    const listed = jsonLines<Part & { pack: string }>(await run(['models', 'list', '--json']));
    expect(new Set(listed.map((part) => part.pack))).toEqual(new Set(['dlib', 'mobilefacenet', 'house']));
    const verified = jsonLines<{ ok: boolean }>(await run(['models', 'verify', '--json']));
    expect(verified).toHaveLength(13);
    expect(verified.every(({ ok }) => ok)).toBe(true);

    const info = await run(['models', 'info', 'house']);
    expect(info.stdout).toContain('not known to be allowed (weights: CC-BY-NC-4.0)');
    expect((await run(['models', 'info'])).stdout).toContain('code and weights allow commercial use');

    expect(await run(['models', 'add', pack])).toMatchObject({ status: 7 });
    expect(await run(['models', 'add', pack, '--name', 'second'])).toMatchObject({ status: 0 });
    expect(await run(['models', 'remove', 'house'])).toMatchObject({ status: 0 });
    expect(await run(['models', 'info', 'house'])).toMatchObject({ status: 4 });
    expect(await run(['models', 'remove', 'dlib'])).toMatchObject({ status: 2 });
  });

  it('refuses by --commercial what is not known to allow commercial use', async () => {
    const { run } = await emptyData();
    const cwd = await photoFolder({ 'people/Audrey/1.jpg': 'audrey.jpg' });
    await run(['models', 'add', await ownPack(cwd, 'house')]);
    expect(await run(['detect', 'people', '--commercial'], { cwd })).toMatchObject({ status: 0 });
    for (const command of [
      ['detect', 'people'],
      ['embed', 'people'],
      ['verify', 'people/Audrey/1.jpg', 'people/Audrey/1.jpg'],
      ['train', 'people', '--out', 'model'],
      ['gallery', 'add', 'people', '--gallery', 'new.db'],
      ['dataset', 'check', 'people'],
      ['watch', 'people'],
      ['serve', '--port', '0', '--gallery', 'served.db'],
    ]) {
      const { status, stderr } = await run([...command, '--models', 'house', '--commercial'], { cwd });
      expect.soft(status, command.join(' ')).toBe(4);
      expect.soft(stderr, command.join(' ')).toContain('(weights: CC-BY-NC-4.0)');
    }
  });

  it('compares packs on photos of people, in a table, as JSON and as a page', async () => {
    const { run } = await emptyData();
    const cwd = await photoFolder({
      'people/Franck/1.jpg': 'franck_01829.jpg',
      'people/Franck/2.jpg': 'franck_02221.jpg',
      'people/Audrey/1.jpg': 'audrey.jpg',
      'people/Audrey/broken.jpg': new Uint8Array([1, 2, 3]),
    });
    await run(['models', 'add', await ownPack(cwd, 'house')]);
    const table = await run(['models', 'bench', 'people', '--report', 'compared'], { cwd });
    expect(table.status).toBe(1);
    expect(table.stdout).toMatch(/^dlib +dlib-resnet-v1, 128 +for business too +3 of 3/m);
    expect(table.stdout).toMatch(/^house +house-dlib-resnet-v1, 128 +not for business +3 of 3/m);
    expect(table.stderr.match(/broken\.jpg/g)).toHaveLength(1);
    expect(table.stderr).toContain('1 pairs of one person and 2 of two people');
    expect(await readFile(join(cwd, 'compared', 'models.html'), 'utf8')).toContain('house: distances');

    const run2 = await run(['models', 'bench', 'people', '--models', 'dlib', 'nowhere', '--json'], { cwd });
    expect(run2.status).toBe(4);
    expect(run2.stderr).toContain('nowhere');
    const lines = jsonLines<object>(run2);
    expect(lines).toMatchObject([
      {
        pack: 'dlib',
        ...{ photos: 3, photosWithFace: 3 },
        accuracy: { genuine: 1, impostor: 2, equalErrorRate: 0, trueAcceptsAtNone: 1 },
      },
    ]);
    expect(await run(['models', 'bench', 'nowhere'], { cwd })).toMatchObject({ status: 3 });
  });

  it('refuses a pack one of whose files was changed', async () => {
    const { run } = await emptyData();
    const pack = await ownPack(await photoFolder({}), 'house');
    await writeFile(join(pack, 'face-landmarks.trees'), 'nothing');
    const { status, stderr } = await run(['models', 'add', pack]);
    expect(status).toBe(4);
    expect(stderr).toContain('SHA-256');
    expect(jsonLines<Part>(await run(['models', 'list', '--json']))).toHaveLength(8);
  });

  it('uses the chosen pack for what is new, and for galleries and models what they were made with', async () => {
    const { run } = await emptyData();
    const cwd = await photoFolder({ 'people/Audrey/1.jpg': 'audrey.jpg' });
    const gallery = (file: string) => ['gallery', 'add', 'people', '--gallery', file];
    const stats = async (file: string) =>
      (await run(['gallery', 'stats', '--gallery', file], { cwd })).stdout;
    expect(await run(gallery('first.db'), { cwd })).toMatchObject({ status: 0 });

    await run(['models', 'add', await ownPack(cwd, 'house')]);
    expect(await run(['models', 'use', 'nowhere'])).toMatchObject({ status: 4 });
    expect(await run(['models', 'use', 'house'])).toMatchObject({ status: 0 });
    expect(await run(gallery('second.db'), { cwd })).toMatchObject({ status: 0 });
    expect(await run([...gallery('third.db'), '--models', 'dlib'], { cwd })).toMatchObject({ status: 0 });
    expect(await run(gallery('fourth.db'), { cwd, env: { FACE_TRIGGER_MODELS: 'dlib' } })).toMatchObject({
      status: 0,
    });
    expect(await stats('first.db')).toContain('dlib-resnet-v1 ');
    expect(await stats('second.db')).toContain('house-dlib-resnet-v1 ');
    expect(await stats('third.db')).toContain('embedder dlib-resnet-v1 ');
    expect(await stats('fourth.db')).toContain('embedder dlib-resnet-v1 ');

    // Both still find whoever is in them, whatever is chosen.
    for (const file of ['first.db', 'second.db']) {
      const found = await run(['gallery', 'search', 'people/Audrey/1.jpg', '--gallery', file, '--json'], {
        cwd,
      });
      expect(jsonLines<{ faces: object[] }>(found)[0]?.faces).toMatchObject([
        { candidates: [{ person: { name: 'Audrey' } }] },
      ]);
    }

    const removed = await run(['models', 'remove', 'house']);
    expect(removed.stderr).toContain('"dlib" again');
    const lost = await run(['gallery', 'search', 'people/Audrey/1.jpg', '--gallery', 'second.db'], { cwd });
    expect(lost.status).toBe(4);
    expect(lost.stderr).toContain('house-dlib-resnet-v1');
  });
});
